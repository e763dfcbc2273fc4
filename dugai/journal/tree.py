"""The tree of this installation: its rows as a source of node hashes."""

from __future__ import annotations

from typing import Literal

from dugai.journal import merkle
from dugai.journal.models import Leaf, Tile

WIDTH = 256
Algorithm = Literal["sha256", "sm3"]
DIGESTS: dict[str, merkle.Hash] = {"sha256": merkle.sha256, "sm3": merkle.sm3}


class StoredTree:
    """Reads hashes of full subtrees from leaves and tiles; one block of 256 rows a query, kept for reuse."""

    def __init__(self, algorithm: Algorithm) -> None:
        self.algorithm = algorithm
        self.digest = DIGESTS[algorithm]
        self._blocks: dict[tuple[int, int], list[bytes]] = {}

    def node(self, start: int, size: int) -> bytes:
        """Return the hash of the full subtree over leaves start … start+size-1."""
        level, rest = divmod(size.bit_length() - 1, 8)
        unit = WIDTH**level
        first, count = start // unit, 1 << rest
        hashes = self._hashes(level, first, count)
        while len(hashes) > 1:
            hashes = [
                merkle.node_hash(hashes[at], hashes[at + 1], self.digest) for at in range(0, len(hashes), 2)
            ]
        return hashes[0]

    def root(self, size: int) -> bytes:
        """Return the root of the first `size` leaves."""
        return merkle.range_hash(0, size, self.node, self.digest)

    def proof(self, index: int, size: int) -> list[bytes]:
        """Return the inclusion proof of one leaf in the tree of the first `size` leaves."""
        return merkle.inclusion_proof(index, size, self.node, self.digest)

    def consistency(self, first: int, second: int) -> list[bytes]:
        """Return the proof that the first `first` leaves begin the first `second` leaves."""
        return merkle.consistency_proof(first, second, self.node, self.digest)

    def _hashes(self, level: int, first: int, count: int) -> list[bytes]:
        block, offset = divmod(first, WIDTH)
        if (level, block) not in self._blocks:
            self._blocks[level, block] = self._load(level, block)
        return self._blocks[level, block][offset : offset + count]

    def _load(self, level: int, block: int) -> list[bytes]:
        span = {"index__gte": block * WIDTH, "index__lt": (block + 1) * WIDTH}
        if level == 0:
            column = f"event__{self.algorithm}"
            leaves = Leaf.objects.filter(**span).order_by("index").values_list(column, flat=True)
            return [bytes.fromhex(leaf) for leaf in leaves]
        tiles = Tile.objects.filter(level=level, **span).order_by("index")
        return [bytes.fromhex(tile) for tile in tiles.values_list(self.algorithm, flat=True)]
