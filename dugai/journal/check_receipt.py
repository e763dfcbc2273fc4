#!/usr/bin/env python3
"""Check a 督改 receipt or extract without the server: python3 check_receipt.py 回执.json [--root 根]

Needs nothing but Python. It shares no code with the server on purpose. It proves that the event in
the receipt stands in the tree whose root is in the receipt; give --root with a root you have from
elsewhere (the portal, a monthly report) and it proves that both speak of the same tree.
The signature is checked too when the package `cryptography` is there.
Exit: 0 the receipt holds, 1 it does not, 2 it cannot be read.
"""

import hashlib
import json
import sys


def fold(index, size, leaf, path):
    """Walk RFC 9162 2.1.3.2 from the leaf to the root; None when the path does not fit."""
    if not 0 <= index < size:
        return None
    place, last, value = index, size - 1, leaf
    for step in path:
        if last == 0:
            return None
        if place % 2 == 1 or place == last:
            value = hashlib.sha256(b"\x01" + step + value).digest()
            while place % 2 == 0 and place != 0:
                place //= 2
                last //= 2
        else:
            value = hashlib.sha256(b"\x01" + value + step).digest()
        place //= 2
        last //= 2
    return value if last == 0 else None


def signature_holds(receipt):
    """Return True, False, or None when no library can tell."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return None
    lines = ["dugai-head-1", receipt["size"], receipt["root"], receipt["root_sm3"], receipt["at"], ""]
    text = "\n".join(str(line) for line in lines)
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(receipt["public_key"]))
    try:
        key.verify(bytes.fromhex(receipt["signature"]), text.encode())
    except InvalidSignature:
        return False
    return True


def check(receipt, known):
    """Return what is wrong with one receipt, whether its signature was checked, and its event."""
    leaf = hashlib.sha256(b"\x00" + receipt["event"].encode("utf-8")).digest()
    path = [bytes.fromhex(step) for step in receipt["proof"]]
    root = fold(receipt["index"], receipt["size"], leaf, path)
    signed = signature_holds(receipt)
    faults = []
    if receipt.get("format") != "dugai-receipt-1":
        faults.append("不是 dugai-receipt-1 的回执")
    if root is None or root.hex() != receipt["root"]:
        faults.append("记录不在这棵树里：内容或证明被改过")
    if known and known.lower() != receipt["root"]:
        faults.append("回执的根与您给的根不同")
    if signed is False:
        faults.append("签名不对")
    return faults, signed, json.loads(receipt["event"])


def main(words):
    """Check one receipt, or each receipt of an extract, and say what was found."""
    known = words[words.index("--root") + 1] if "--root" in words else None
    files, bad = [word for word in words if word not in ("--root", known)], 0
    try:
        with open(files[0], encoding="utf-8") as source:
            found = json.load(source)
        receipts = found.get("receipts", [found])
        if found.get("count", len(receipts)) != len(receipts):
            print(f"摘录应有 {found['count']} 条，实有 {len(receipts)} 条")
            bad += 1
        for receipt in receipts:
            faults, signed, event = check(receipt, known)
            place = f"第 {receipt['index']} 叶，共 {receipt['size']} 叶"
            note = "" if signed else "（没有 cryptography，签名未核）"
            bad += bool(faults)
            if faults:
                print(f"回执不成立：{'；'.join(faults)}，{place}")
            else:
                print(f"回执成立{note}：{event['at']} {event['actor_name']} {event['kind']}，{place}")
    except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError) as trouble:
        print(f"读不出回执：{trouble}")
        return 2
    if "receipts" in found:
        print(f"摘录共 {len(receipts)} 条，{'全部成立' if not bad else '有不成立的'}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
