"""The Merkle tree of RFC 9162 (section 2.1), over any hash, without tables.

A leaf's hash is HASH(0x00 || data), a node's HASH(0x01 || left || right). The functions here see
the tree only through `NodeSource`, which returns hashes of full subtrees; so the same code serves
a list in a test and tiles in a database. Hashes are bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Hash = Callable[[bytes], bytes]
NodeSource = Callable[[int, int], bytes]
"""(start, size) → hash of the full subtree over leaves start … start+size-1; size is a power of two."""


def sha256(data: bytes) -> bytes:
    """Return SHA-256."""
    return hashlib.sha256(data).digest()


def sm3(data: bytes) -> bytes:
    """Return SM3 (GB/T 32905)."""
    return hashlib.new("sm3", data).digest()


def leaf_hash(data: bytes, digest: Hash = sha256) -> bytes:
    """Return the hash of one leaf."""
    return digest(b"\x00" + data)


def node_hash(left: bytes, right: bytes, digest: Hash = sha256) -> bytes:
    """Return the hash of two subtrees."""
    return digest(b"\x01" + left + right)


def split(size: int) -> int:
    """Return the largest power of two smaller than `size` (RFC 9162: k)."""
    return 1 << ((size - 1).bit_length() - 1)


def range_hash(start: int, end: int, source: NodeSource, digest: Hash = sha256) -> bytes:
    """Return the hash of the subtree over leaves start … end-1; empty only as the whole empty tree."""
    size = end - start
    if size == 0:
        return digest(b"")
    if size & (size - 1) == 0 and start % size == 0:
        return source(start, size)
    middle = start + split(size)
    return node_hash(
        range_hash(start, middle, source, digest), range_hash(middle, end, source, digest), digest
    )


def inclusion_proof(index: int, size: int, source: NodeSource, digest: Hash = sha256) -> list[bytes]:
    """Return the path that proves leaf `index` of a tree of `size` leaves, from the leaf upwards."""
    if not 0 <= index < size:
        message = f"leaf {index} is not in a tree of {size}"
        raise IndexError(message)
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            path.append(range_hash(middle, end, source, digest))
            end = middle
        else:
            path.append(range_hash(start, middle, source, digest))
            start = middle
    return path[::-1]


def root_from_inclusion(
    index: int, size: int, leaf: bytes, path: Sequence[bytes], digest: Hash = sha256
) -> bytes | None:
    """Return the root that `path` leads to (RFC 9162 2.1.3.2), or None when the path cannot fit."""
    if not 0 <= index < size:
        return None
    node, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return None
        if node & 1 or node == last:
            found = node_hash(step, found, digest)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, step, digest)
        node, last = node >> 1, last >> 1
    return found if last == 0 else None


def consistency_proof(first: int, second: int, source: NodeSource, digest: Hash = sha256) -> list[bytes]:
    """Return the proof that the tree of `first` leaves is the beginning of that of `second` leaves."""
    if not 0 < first <= second:
        message = f"no consistency between {first} and {second} leaves"
        raise IndexError(message)
    return _subproof(first, 0, second, source, digest, whole=True)


def _subproof(
    first: int, start: int, end: int, source: NodeSource, digest: Hash, *, whole: bool
) -> list[bytes]:
    size = end - start
    if first == size:
        return [] if whole else [range_hash(start, end, source, digest)]
    middle = split(size)
    if first <= middle:
        rest = _subproof(first, start, start + middle, source, digest, whole=whole)
        return [*rest, range_hash(start + middle, end, source, digest)]
    rest = _subproof(first - middle, start + middle, end, source, digest, whole=False)
    return [*rest, range_hash(start, start + middle, source, digest)]


def consistent(  # noqa: PLR0917  the check of RFC 9162 2.1.4.2 has these inputs
    first: int,
    second: int,
    first_root: bytes,
    second_root: bytes,
    path: Sequence[bytes],
    digest: Hash = sha256,
) -> bool:
    """Say whether `path` proves that the second tree continues the first."""
    if first == second:
        return not path and first_root == second_root
    if not 0 < first < second or not path:
        return False
    steps = list(path)
    if first & (first - 1) == 0:
        steps.insert(0, first_root)
    node, last = first - 1, second - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(step, old, digest), node_hash(step, new, digest)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, step, digest)
        node, last = node >> 1, last >> 1
    return old == first_root and new == second_root and last == 0


@dataclass
class Frontier:
    """The roots of the full subtrees on the right edge while leaves are appended; O(log n) memory."""

    digest: Hash = sha256
    size: int = 0

    def __post_init__(self) -> None:
        """Begin with no leaves."""
        self._roots: list[tuple[int, bytes]] = []

    def append(self, leaf: bytes) -> None:
        """Append one leaf by its hash."""
        level = 0
        while self._roots and self._roots[-1][0] == level:
            leaf = node_hash(self._roots.pop()[1], leaf, self.digest)
            level += 1
        self._roots.append((level, leaf))
        self.size += 1

    def root(self) -> bytes:
        """Return the root of all leaves so far."""
        if not self._roots:
            return self.digest(b"")
        found = self._roots[-1][1]
        for _, left in reversed(self._roots[:-1]):
            found = node_hash(left, found, self.digest)
        return found


def source_of(leaves: Sequence[bytes], digest: Hash = sha256) -> NodeSource:
    """Return a source over a list of leaf hashes; for tests and small trees."""

    def node(start: int, size: int) -> bytes:
        if size == 1:
            return leaves[start]
        half = size // 2
        return node_hash(node(start, half), node(start + half, half), digest)

    return node
