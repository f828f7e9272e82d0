package dev.panacea.ace.data.dicom;

import dev.panacea.ace.data.codec.Bytes;
import dev.panacea.ace.data.codec.Jpeg2000Decoder;
import dev.panacea.ace.data.codec.JpegDecoder;
import dev.panacea.ace.data.codec.Samples;
import dev.panacea.ace.data.codec.SizeCheck;
import dev.panacea.tensor.DataException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * The samples of the first frame as stored, and what else of the data set says how they look.
 *
 * @param set the data set
 * @param layout how its samples are written
 * @param samples codes of {@code layout.stored()} bits
 */
record Frame(DataSet set, PixelLayout layout, Samples samples) {
    private static final String RLE = "1.2.840.10008.1.2.5";
    private static final String UNCOMPRESSED_PIECES = "1.2.840.10008.1.2.1.98";

    static Frame read(DataSet set, String syntax, SizeCheck sizes) {
        Element pixels = set.find(Tag.PIXELS);
        if (pixels == null) {
            boolean measured = set.find(Tag.FLOAT_PIXELS) != null || set.find(Tag.DOUBLE_PIXELS) != null;
            throw new DataException(measured ? "DICOM of floating-point pixels: not readable (export it as integers)"
                    : "DICOM without pixels: " + (set.printable(0x0008_0060).isEmpty() ? "no picture"
                            : "modality " + set.printable(0x0008_0060)) + " (choose files that hold pictures)");
        }
        PixelLayout layout = PixelLayout.read(set);
        sizes.check(layout.columns(), layout.rows(), layout.allocated() * layout.channels());
        Samples samples;
        if (!pixels.undefined()) {
            samples = layout.unpack(set, pixels);
        } else if (syntax.equals(RLE)) {
            samples = RunLength.decode(firstFrame(set, pixels, 1), layout);
        } else if (syntax.equals(UNCOMPRESSED_PIECES)) {
            byte[] frame = firstFrame(set, pixels, layout.frames());
            samples = layout.unpack(frame, 0, frame.length, false);
        } else {
            samples = decompressed(firstFrame(set, pixels, layout.frames()), layout, sizes);
        }
        List<String> notes = new ArrayList<>();
        if (layout.signed()) {
            notes.add("signed");
        }
        if (layout.frames() > 1) {
            notes.add("first of " + layout.frames() + " frames");
        }
        int bits = layout.channels() == 1 ? Math.min(samples.bits(), layout.stored()) : samples.bits();
        return new Frame(set, layout, new Samples(samples.width(), samples.height(), samples.space(), bits,
                samples.codes(), notes));
    }

    /** The first frame of pixels in pieces, of which one frame may take several. */
    private static byte[] firstFrame(DataSet set, Element pixels, int frames) {
        List<Element> pieces = set.pieces(pixels);
        if (pieces.size() < 2) {
            throw new DataException("DICOM cut off: no pixels in " + pixels.length() + " bytes (copy the file again)");
        }
        Element offsets = pieces.removeFirst();
        int until = Integer.MAX_VALUE;
        if (frames > 1 && offsets.length() >= 8 && offsets.to() <= pixels.to()) {
            long second = set.encoding().uint32(set.bytes(), offsets.from() + 4);
            until = (int) Math.min(pieces.getFirst().from() + Math.max(second, 1), Integer.MAX_VALUE);
        }
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        for (Element piece : pieces) {
            boolean next = frame.size() > 0 && (piece.from() >= until
                    || frames > 1 && until == Integer.MAX_VALUE && startsPicture(set.bytes(), piece.from()));
            if (next) {
                break;
            }
            if (piece.to() > set.bytes().length || piece.length() < 0) {
                throw new DataException("DICOM cut off: a piece of its pixels should have " + piece.length()
                        + " bytes, " + (set.bytes().length - piece.from()) + " are left (copy the file again)");
            }
            frame.write(set.bytes(), piece.from(), piece.length());
        }
        return frame.toByteArray();
    }

    private static boolean startsPicture(byte[] bytes, int at) {
        return Bytes.startsWith(bytes, at, (byte) 0xFF, (byte) 0xD8, (byte) 0xFF)
                || Bytes.startsWith(bytes, at, (byte) 0xFF, (byte) 0x4F, (byte) 0xFF);
    }

    private static Samples decompressed(byte[] frame, PixelLayout layout, SizeCheck sizes) {
        Samples samples;
        if (JpegDecoder.recognises(frame)) {
            samples = JpegDecoder.decode(frame, sizes, layout.space());
        } else if (Jpeg2000Decoder.recognises(frame)) {
            samples = Jpeg2000Decoder.decode(frame, sizes);
            if (layout.photometric().startsWith("YBR_FULL") && samples.space() == Samples.Space.RGB) {
                samples = new Samples(samples.width(), samples.height(), Samples.Space.YCC, samples.bits(),
                        samples.codes(), samples.notes());
            }
        } else {
            throw new DataException("DICOM damaged or of an unknown compression (export it uncompressed, or as JPEG)");
        }
        if (samples.width() != layout.columns() || samples.height() != layout.rows()
                || samples.space().channels() != layout.channels()) {
            throw new DataException("DICOM damaged: its picture is " + samples.width() + " x " + samples.height()
                    + " pixels of " + samples.space().channels() + " channels, its elements say " + layout.columns()
                    + " x " + layout.rows() + " of " + layout.channels() + " (export the file again)");
        }
        return samples;
    }

    /** What a viewer would show. */
    Samples shown() {
        return switch (layout.photometric()) {
            case "MONOCHROME1", "MONOCHROME2" -> GreyLevels.shown(this);
            case "PALETTE COLOR" -> Palette.read(set).colour(samples, layout);
            default -> samples;
        };
    }
}
