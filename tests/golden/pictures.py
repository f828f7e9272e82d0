#!/usr/bin/python3
"""Makes the small picture files that PictureGoldenTest decodes, and what other decoders see in them.

    /usr/bin/python3 tests/golden/pictures.py [OUTPUT_FOLDER]

Needs Debian's python3-pil, python3-numpy, python3-torch and python3-torchvision, the tools of dcmtk and
libgdcm-tools, and libtiff-tools. Writes into tests/src/test/resources/golden/pictures: the files, and expected.safetensors with, for each
file NAME, "NAME" [height, width] or [height, width, 3], F32 from 0 to 1, and metadata NAME "tolerance". Resized pictures
are stored as "resize/FILTER/HEIGHTxWIDTH" with their input "resize/input".
"""
import io
import json
import os
import struct
import subprocess
import sys
import tempfile

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageOps

HERE = os.path.dirname(os.path.abspath(__file__))
TARGET = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "..", "src", "test", "resources", "golden", "pictures")
EXPECTED, TOLERANCE = {}, {}
W, H = 27, 18


def save_expected():
    header, chunks, offset = {"__metadata__": TOLERANCE}, [], 0
    for name in sorted(EXPECTED):
        data = np.ascontiguousarray(EXPECTED[name], dtype="<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(EXPECTED[name].shape),
                        "data_offsets": [offset, offset + len(data)]}
        chunks.append(data)
        offset += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(os.path.join(TARGET, "expected.safetensors"), "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text + b"".join(chunks))


def put(name, data, expected, tolerance):
    with open(os.path.join(TARGET, name), "wb") as out:
        out.write(data)
    EXPECTED[name] = np.asarray(expected, dtype=np.float32)
    TOLERANCE[name] = str(tolerance)


def scene(width=W, height=H, seed=7):
    """A smooth picture with an edge and some noise, 0..1."""
    random = np.random.RandomState(seed)
    y, x = np.mgrid[0:height, 0:width]
    picture = 0.5 + 0.3 * np.sin(x / 5.0) * np.cos(y / 4.0) + 0.15 * ((x - width / 2) ** 2 + (y - height / 2) ** 2 < 40)
    return np.clip(picture + random.uniform(-0.03, 0.03, (height, width)), 0, 1)


GREY8 = np.round(scene() * 255).astype(np.uint8)
GREY16 = np.round(scene(seed=8) * 65535).astype(np.uint16)
GREY12 = np.round(scene(seed=9) * 4095).astype(np.uint16)
RGB = np.stack([GREY8, np.round(scene(seed=3) * 200).astype(np.uint8), 255 - GREY8[:, ::-1]], axis=2)


def encoded(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def decoded(data, mode):
    return np.array(Image.open(io.BytesIO(data)).convert(mode)) / 255.0


def luma(rgb):
    return rgb @ np.array([0.299, 0.587, 0.114])


def png():
    for name, mode in [("L", "L"), ("LA", "LA"), ("RGB", "RGB"), ("RGBA", "RGBA")]:
        image = Image.fromarray(RGB).convert("RGB") if "RGB" in mode else Image.fromarray(GREY8)
        image = image.convert(mode)
        if mode[-1] == "A":
            image.putalpha(Image.fromarray(255 - GREY8))
        put("png_%s.png" % name, encoded(image, "PNG"), RGB / 255.0 if "RGB" in mode else GREY8 / 255.0, 1e-6)
    put("png_16.png", encoded(Image.fromarray(GREY16.astype(np.int32), "I"), "PNG"), GREY16 / 65535.0, 1e-6)
    palette = Image.fromarray(RGB).quantize(13)
    put("png_palette.png", encoded(palette, "PNG"), np.array(palette.convert("RGB")) / 255.0, 1e-6)
    put("png_1.png", encoded(Image.fromarray(GREY8 > 128), "PNG"), (GREY8 > 128) * 1.0, 1e-6)


def jpeg():
    grey, colour = Image.fromarray(GREY8), Image.fromarray(RGB)
    cmyk = colour.convert("CMYK")
    for name, data, mode in [
            ("grey", encoded(grey, "JPEG", quality=90), "L"),
            ("rgb_444", encoded(colour, "JPEG", quality=95, subsampling=0), "RGB"),
            ("rgb_420", encoded(colour, "JPEG", quality=95, subsampling=2), "RGB"),
            ("progressive", encoded(colour, "JPEG", quality=95, progressive=True), "RGB"),
            ("cmyk", encoded(cmyk, "JPEG", quality=95), "RGB")]:
        put("jpeg_%s.jpg" % name, data, decoded(data, mode), 0.012)
    # What the three inks mean stands in one byte of Adobe's segment: 0 themselves, 2 luma and differences.
    ycck = bytearray(encoded(cmyk, "JPEG", quality=95))
    ycck[ycck.index(b"Adobe") + 11] = 2
    put("jpeg_ycck.jpg", ycck, decoded(bytes(ycck), "RGB"), 0.012)
    plain = encoded(colour, "JPEG", quality=95, subsampling=0)
    plain = plain[:2] + b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00" + plain[20:]  # in place of JFIF's segment
    put("jpeg_plain_rgb.jpg", plain, decoded(plain, "RGB"), 0.012)
    base = Image.fromarray(np.round(scene(48, 32, 6) * 255).astype(np.uint8))
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[274] = orientation
        data = encoded(base, "JPEG", quality=95, exif=exif)
        upright = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
        put("jpeg_turned_%d.jpg" % orientation, data, np.array(upright) / 255.0, 0.012)


def tiff():
    grey, colour = Image.fromarray(GREY8), Image.fromarray(RGB)
    deep = Image.fromarray(GREY16)
    for compression in ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"]:
        label = compression.replace("tiff_", "").replace("adobe_", "")
        put("tiff_grey_%s.tif" % label, encoded(grey, "TIFF", compression=compression), GREY8 / 255.0, 1e-6)
        put("tiff_rgb_%s.tif" % label, encoded(colour, "TIFF", compression=compression), RGB / 255.0, 1e-6)
        put("tiff_16_%s.tif" % label, encoded(deep, "TIFF", compression=compression), GREY16 / 65535.0, 1e-6)
    big = Image.frombytes("I;16B", (W, H), GREY16.astype(">u2").tobytes())
    put("tiff_16_big.tif", encoded(big, "TIFF"), GREY16 / 65535.0, 1e-6)
    data = encoded(colour, "TIFF", compression="jpeg", quality=95)
    put("tiff_jpeg.tif", data, decoded(data, "RGB"), 0.02)
    put("tiff_group4.tif", encoded(Image.fromarray(GREY8 > 128), "TIFF", compression="group4"), (GREY8 > 128) * 1.0, 1e-6)
    put("tiff_1.tif", encoded(Image.fromarray(GREY8 > 128), "TIFF"), (GREY8 > 128) * 1.0, 1e-6)
    put("tiff_palette.tif", encoded(colour.quantize(16), "TIFF"), np.array(colour.quantize(16).convert("RGB")) / 255.0,
        0.004)  # PIL writes colours of 16 bits as 256 times those of 8, and others read 257
    real = scene(seed=5).astype(np.float32) * 900 - 300
    put("tiff_float.tif", encoded(Image.fromarray(real), "TIFF"),
        (real - real.min()) / (real.max() - real.min()), 2e-5)
    put("tiff_pages.tif", encoded(grey, "TIFF", save_all=True, append_images=[colour, grey]), GREY8 / 255.0, 1e-6)
    put("tiff_cmyk.tif", encoded(colour.convert("CMYK"), "TIFF"), np.array(colour.convert("CMYK").convert("RGB")) / 255.0, 0.005)


    with tempfile.TemporaryDirectory() as folder:
        for name, image, expected in [("grey", grey, GREY8 / 255.0), ("rgb", colour, RGB / 255.0), ("16", deep, GREY16 / 65535.0)]:
            image.save(os.path.join(folder, "plain.tif"))
            for label, options in {"tiles": ["-t", "-w", "16", "-l", "16", "-c", "zip:2"], "lzw2": ["-c", "lzw:2"],
                                   "big": ["-B", "-c", "lzw:2", "-r", "3"], "planes": ["-p", "separate"]}.items():
                if label != "planes" or name == "rgb":
                    done = os.path.join(folder, "done.tif")
                    subprocess.run(["tiffcp"] + options + [os.path.join(folder, "plain.tif"), done], check=True)
                    with open(done, "rb") as made:
                        put("tiff_%s_%s.tif" % (name, label), made.read(), expected, 1e-6)


def bmp():
    put("bmp_grey.bmp", encoded(Image.fromarray(GREY8), "BMP"), GREY8 / 255.0, 1e-6)
    put("bmp_rgb.bmp", encoded(Image.fromarray(RGB), "BMP"), RGB / 255.0, 1e-6)
    put("bmp_1.bmp", encoded(Image.fromarray(GREY8 > 128), "BMP"), (GREY8 > 128) * 1.0, 1e-6)


def jpeg2000():
    grey = Image.fromarray(np.round(scene(61, 45) * 255).astype(np.uint8))
    wide = np.stack([np.round(scene(61, 45, s) * 255).astype(np.uint8) for s in (1, 2, 3)], axis=2)
    colour = Image.fromarray(wide)
    exact = np.array(grey) / 255.0
    for name, options in {
            "grey": {}, "tiles": {"tile_size": (32, 20)}, "offset": {"offset": (5, 3), "tile_size": (40, 40)},
            "blocks": {"codeblock_size": (4, 8), "num_resolutions": 3},
            "precincts": {"precinct_size": (16, 16), "codeblock_size": (8, 8), "num_resolutions": 2},
            "rlcp": {"progression": "RLCP", "precinct_size": (32, 32), "num_resolutions": 2},
            "rpcl": {"progression": "RPCL", "precinct_size": (32, 32), "num_resolutions": 2},
            "pcrl": {"progression": "PCRL", "precinct_size": (32, 32), "num_resolutions": 2},
            "cprl": {"progression": "CPRL", "precinct_size": (32, 32), "num_resolutions": 2},
            "layers": {"quality_layers": [20, 5, 1]}}.items():
        put("j2k_%s.jp2" % name, encoded(grey, "JPEG2000", **options), exact, 1e-6)
        if name in ("rpcl", "pcrl", "cprl", "tiles"):
            put("j2k_%s_rgb.jp2" % name, encoded(colour, "JPEG2000", mct=1, **options), wide / 255.0, 1e-6)
    deep = np.round(scene(61, 45, 4) * 65535).astype(np.uint16)
    put("j2k_16.jp2", encoded(Image.fromarray(deep), "JPEG2000"), deep / 65535.0, 1e-6)
    put("j2k_stream.j2k", encoded(grey, "JPEG2000", no_jp2=True), exact, 1e-6)
    for name, image, options in [("lossy", grey, {}), ("lossy_rgb", colour, {"mct": 1}),
                                 ("lossy_tiles", grey, {"tile_size": (32, 32)}),
                                 ("lossy_layers", grey, {"quality_mode": "rates", "quality_layers": [40, 8]})]:
        options.setdefault("quality_mode", "dB")
        options.setdefault("quality_layers", [42])
        data = encoded(image, "JPEG2000", irreversible=True, **options)
        put("j2k_%s.jp2" % name, data, np.array(Image.open(io.BytesIO(data))) / 255.0, 0.006)


DUMP = """(0002,0010) UI =%s
(0008,0016) UI =SecondaryCaptureImageStorage
(0008,0018) UI [1.2.3.4]
(0008,0060) CS [CR]
(0010,0010) PN [Nobody]
(0028,0002) US %d
(0028,0004) CS [%s]
%s(0028,0010) US %d
(0028,0011) US %d
(0028,0100) US %d
(0028,0101) US %d
(0028,0102) US %d
(0028,0103) US 0
(7fe0,0010) OW =pixels.raw
"""


def dicom():
    with tempfile.TemporaryDirectory() as folder:
        def run(*command):
            subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        def make(name, array, bits, channels=1):
            allocated = 8 if array.dtype == np.uint8 else 16
            data = array.astype("<u%d" % (allocated // 8)).tobytes()
            with open(os.path.join(folder, "pixels.raw"), "wb") as out:
                out.write(data + b"\\0" * (len(data) % 2))
            with open(os.path.join(folder, name + ".txt"), "w") as out:
                out.write(DUMP % ("LittleEndianExplicit", channels, "RGB" if channels == 3 else "MONOCHROME2",
                                  "(0028,0006) US 0\n" if channels == 3 else "", array.shape[0], array.shape[1],
                                  allocated, bits, bits - 1))
            run("dump2dcm", "+te", name + ".txt", name + ".dcm")

        def stored(kind, shape):
            """The pixels of plain.dcm."""
            run("dcmdump", "+W", ".", "plain.dcm")
            piece = [name for name in os.listdir(folder) if name.endswith(".raw") and name.startswith("plain")][0]
            values = np.fromfile(os.path.join(folder, piece), kind)[:np.prod(shape)].reshape(shape)
            os.remove(os.path.join(folder, piece))
            return values

        make("grey8", GREY8, 8)
        make("grey12", GREY12, 12)
        make("grey16", GREY16, 16)
        make("rgb", RGB, 8, 3)
        exact = {"grey8": GREY8 / 255.0, "grey12": GREY12 / 4095.0, "grey16": GREY16 / 65535.0, "rgb": RGB / 255.0}
        makers = {
            "lossless": ("dcmcjpeg", "+e1"), "lossless_4": ("dcmcjpeg", "+el", "+sv", "4"),
            "lossless_7": ("dcmcjpeg", "+el", "+sv", "7"), "jls": ("dcmcjpls", "+el"),
            "rle": ("dcmcrle",), "deflated": ("dcmconv", "+td"), "big": ("dcmconv", "+tb"),
            "implicit": ("dcmconv", "+ti"), "undefined": ("dcmconv", "+te", "-e")}
        for name in exact:
            for label, command in makers.items():
                if label in ("lossless_7", "undefined") and name == "rgb":
                    continue
                file = "dicom_%s_%s.dcm" % (name, label)
                run(*command, name + ".dcm", file)
                with open(os.path.join(folder, file), "rb") as done:
                    put(file, done.read(), exact[name], 1e-4)
        for name, label, command in [
                ("grey8", "baseline", ("dcmcjpeg", "+eb", "+q", "95")), ("rgb", "baseline", ("dcmcjpeg", "+eb", "+q", "95")),
                ("grey12", "extended", ("dcmcjpeg", "+ee", "+q", "98")), ("grey12", "jls_near", ("dcmcjpls", "+en", "+md", "3")),
                ("rgb", "jls_line", ("dcmcjpls", "+el", "+il")), ("rgb", "jls_sample", ("dcmcjpls", "+el", "+is")),
                ("rgb", "jls_plane", ("dcmcjpls", "+el", "+in")), ("grey8", "jls_near", ("dcmcjpls", "+en", "+md", "2"))]:
            file = "dicom_%s_%s.dcm" % (name, label)
            run(*command, name + ".dcm", file)
            run("dcmdjpls" if "jls" in label else "dcmdjpeg", file, "plain.dcm")
            values = stored("<u2" if name == "grey12" else "u1", exact[name].shape)
            with open(os.path.join(folder, file), "rb") as done:
                put(file, done.read(), values / (4095.0 if name == "grey12" else 255.0),
                    1e-4 if "jls" in label else 0.012 if name == "rgb" else 0.006)
        for label, options in [("j2k", ("--j2k",)), ("j2k_lossy", ("--j2k", "--lossy", "-q", "50"))]:
            file = "dicom_grey12_%s.dcm" % label
            run("gdcmconv", *options, "grey12.dcm", file)
            run("gdcmconv", "--raw", file, "plain.dcm")
            with open(os.path.join(folder, file), "rb") as done:
                put(file, done.read(), stored("<u2", exact["grey12"].shape) / 4095.0, 1e-4 if label == "j2k" else 0.001)


def resize():
    picture = torch.tensor(scene(53, 37), dtype=torch.float32)
    EXPECTED["resize/input"] = picture.numpy()
    for kind in ("bilinear", "bicubic"):
        for height, width in [(16, 16), (37, 20), (64, 90), (9, 80)]:
            result = F.interpolate(picture.double()[None, None], size=(height, width), mode=kind, align_corners=False,
                                   antialias=True)[0, 0]
            EXPECTED["resize/%s/%dx%d" % (kind, height, width)] = result.clamp(0, 1).numpy()


for family in (png, jpeg, tiff, bmp, jpeg2000, dicom, resize):
    family()
save_expected()
