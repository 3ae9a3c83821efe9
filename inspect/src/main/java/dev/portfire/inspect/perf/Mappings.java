package dev.portfire.inspect.perf;

import org.jspecify.annotations.Nullable;

/**
 * The mappings of a process, by address. It does not change: another mapping makes another one, which shares with it all but a path of a
 * tree. So a process that forks costs nothing, and no recording, however many processes fork in it, takes more memory than some multiple of
 * its own size.
 */
final class Mappings {
  /** None. */
  static final Mappings NONE = new Mappings(null);

  /** What is mapped where. */
  record Mapping(String file, long start, long end, long offset) {}

  /** A node of a treap: a search tree by address, and a heap by a number that depends on nothing else than the address. */
  private record Node(Mapping mapping, int rank, @Nullable Node left, @Nullable Node right) {
    Node(Mapping mapping) {
      this(mapping, rankOf(mapping.start), null, null);
    }

    Node withLeft(@Nullable Node other) {
      return new Node(mapping, rank, other, right);
    }

    Node withRight(@Nullable Node other) {
      return new Node(mapping, rank, left, other);
    }
  }

  /** So that nobody can choose addresses that make a list of the tree. */
  private static final long SEED = System.nanoTime() | 1;

  private final @Nullable Node tree;

  private Mappings(@Nullable Node tree) {
    this.tree = tree;
  }

  private static int rankOf(long start) {
    // The mixing steps of a splittable generator.
    long x = start + SEED;
    x = (x ^ x >>> 30) * 0xbf58_476d_1ce4_e5b9L;
    x = (x ^ x >>> 27) * 0x94d0_49bb_1331_11ebL;
    return (int) (x ^ x >>> 31);
  }

  /** These and another one, which takes the place of one that begins there. */
  Mappings with(Mapping mapping) {
    return new Mappings(insert(tree, new Node(mapping)));
  }

  private static Node insert(@Nullable Node tree, Node node) {
    if (tree == null) {
      return node;
    }
    int order = Long.compareUnsigned(node.mapping.start, tree.mapping.start);
    if (order == 0) {
      return new Node(node.mapping, tree.rank, tree.left, tree.right);
    }
    if (order < 0) {
      Node left = insert(tree.left, node);
      return left.rank > tree.rank ? left.withRight(tree.withLeft(left.right)) : tree.withLeft(left);
    }
    Node right = insert(tree.right, node);
    return right.rank > tree.rank ? right.withLeft(tree.withRight(right.left)) : tree.withRight(right);
  }

  /** The mapping that an address is in. */
  @Nullable Mapping find(long address) {
    Mapping below = null;
    for (Node node = tree; node != null; ) {
      if (Long.compareUnsigned(node.mapping.start, address) <= 0) {
        below = node.mapping;
        node = node.right;
      } else {
        node = node.left;
      }
    }
    return below != null && Long.compareUnsigned(address, below.end) < 0 ? below : null;
  }
}
