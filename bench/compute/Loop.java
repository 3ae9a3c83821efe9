/** A small hot loop for a JVM: arithmetic, an array, a hash map. Loop SCALE */
final class Loop {
  private Loop() {}

  public static void main(String[] arguments) {
    long rounds = Math.max(1, (long) (40 * Double.parseDouble(arguments[0])));
    long start = System.nanoTime();
    int[] sieve = new int[1 << 16];
    java.util.HashMap<Integer, Integer> counts = new java.util.HashMap<>();
    long check = 0;
    for (long n = 0; n < rounds; n++) {
      for (int i = 1; i < sieve.length; i++) {
        sieve[i] = sieve[i - 1] * 31 + i ^ sieve[i] >>> 3;
      }
      for (int i = 0; i < 4000; i++) {
        counts.merge(sieve[i * 16 + 15] & 1023, 1, Integer::sum);
      }
      check = check * 31 + sieve[sieve.length - 1] + counts.size();
    }
    System.out.printf("ROW java-loop %.6f %x%n", (System.nanoTime() - start) / 1e9, check);
  }
}
