package dev.portfire.inspect.kvmstat;

/**
 * Something that is counted, or a guest.
 *
 * @param name its name; a guest's is the number of its process
 * @param parent the event that this is a part of, or empty
 */
record Event(String name, String parent) implements Comparable<Event> {
  /** An event that is no part of another. */
  Event(String name) {
    this(name, "");
  }

  /** Whether it is a part of another event, as an exit with one reason is. */
  boolean isChild() {
    return !parent.isEmpty();
  }

  @Override
  public int compareTo(Event other) {
    int order = name.compareTo(other.name);
    return order != 0 ? order : parent.compareTo(other.parent);
  }
}
