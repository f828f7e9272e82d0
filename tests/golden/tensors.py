"""Writes files of tensors for the scripts beside this one."""
import json
import struct


def save(path, tensors, metadata=None):
    """One safetensors file of float32: header length, JSON header padded with spaces to 8 bytes, data."""
    header, offset, data = {"__metadata__": metadata} if metadata else {}, 0, b""
    for name, tensor in tensors.items():
        chunk = tensor.detach().float().contiguous().numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(chunk)]}
        offset += len(chunk)
        data += chunk
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text + data)
    print("%d tensors, %d bytes" % (len(tensors), 8 + len(text) + offset))
