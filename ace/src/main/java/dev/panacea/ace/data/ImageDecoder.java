package dev.panacea.ace.data;

import dev.panacea.ace.data.codec.BmpDecoder;
import dev.panacea.ace.data.codec.GifDecoder;
import dev.panacea.ace.data.codec.Jpeg2000Decoder;
import dev.panacea.ace.data.codec.JpegDecoder;
import dev.panacea.ace.data.codec.JsrtDecoder;
import dev.panacea.ace.data.codec.PngDecoder;
import dev.panacea.ace.data.codec.Samples;
import dev.panacea.ace.data.codec.SizeCheck;
import dev.panacea.ace.data.codec.TiffDecoder;
import dev.panacea.ace.data.dicom.DicomDecoder;
import dev.panacea.tensor.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Makes pictures of files: PNG, JPEG, JPEG-LS, JPEG 2000, TIFF, BMP, GIF, DICOM, and the raw films of JSRT. What a
 * file is shows in its content; its name is only for messages. A decoder holds no state: threads may share one.
 *
 * <p>One convention: intensities 0..1, higher is brighter as displayed. Colour becomes grey as Rec. 601 luma.
 * Transparency, gamma and colour profiles are not applied; a camera's orientation is. Files of 16 bits that fill fewer
 * are scaled to those. DICOM goes through its rescaling or modality table, then its first window or table of values of
 * interest, and MONOCHROME1 is inverted. {@link PictureFacts} tells what was done.
 *
 * <p>Files are not trusted: sizes are checked before anything is allocated, and whatever is wrong with one becomes a
 * {@link DataException} of one line.
 */
public final class ImageDecoder {
    /** Goes up with every change that gives other pixels for some file: what was decoded before is then out of date. */
    public static final int VERSION = 1;

    private final DecodeLimits limits;

    /** A decoder with {@linkplain DecodeLimits#STANDARD the standard limits}. */
    public ImageDecoder() {
        this(DecodeLimits.STANDARD);
    }

    /** A decoder with limits of one's own. */
    public ImageDecoder(DecodeLimits limits) {
        this.limits = limits;
    }

    /**
     * Decodes a file to grey.
     *
     * @throws DataException if the file cannot be read, is damaged, too large or of an unknown kind
     */
    public Picture decode(Path file) {
        return decode(read(file), file.toString());
    }

    /**
     * Decodes the bytes of a file to grey.
     *
     * @param name for messages
     * @throws DataException if they are damaged, too large or of an unknown kind
     */
    public Picture decode(byte[] file, String name) {
        return decode(file, name, 1);
    }

    /**
     * Decodes a file to red, green and blue; grey files get three equal channels.
     *
     * @throws DataException if the file cannot be read, is damaged, too large or of an unknown kind
     */
    public Picture decodeColour(Path file) {
        return decodeColour(read(file), file.toString());
    }

    /**
     * Decodes the bytes of a file to red, green and blue; grey files get three equal channels.
     *
     * @param name for messages
     * @throws DataException if they are damaged, too large or of an unknown kind
     */
    public Picture decodeColour(byte[] file, String name) {
        return decode(file, name, 3);
    }

    /**
     * The bytes of a file within the limits.
     *
     * @throws DataException if it is no regular file, cannot be read, or is too large
     */
    public byte[] read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new DataException(file + ": " + (Files.exists(file) ? "no regular file" : "no such file")
                    + " (check the path)");
        }
        int most = (int) limits.bytes();
        try (InputStream in = Files.newInputStream(file)) {
            long size = Files.size(file);
            byte[] bytes = size > most ? null : in.readNBytes(most);
            if (bytes == null || bytes.length == most && in.read() >= 0) {
                throw new DataException(file + ": file too large: " + size + " bytes (allowed: " + most
                        + "; raise the limit)");
            }
            return bytes;
        } catch (IOException failed) {
            throw new DataException(file + ": cannot be read: " + failed.getMessage() + " (check its permissions)",
                    failed);
        }
    }

    private Picture decode(byte[] file, String name, int channels) {
        try {
            SizeCheck sizes = (width, height, bits) -> limits.check(width, height, bits, file.length);
            String format = format(file);
            if (format.equals("DICOM")) {
                DicomDecoder.Shown shown = DicomDecoder.decode(file, sizes);
                return picture(shown.samples(), channels, format, shown.storedBits());
            }
            Samples samples = switch (format) {
                case "PNG" -> PngDecoder.decode(file, sizes).fitted();
                case "JPEG" -> JpegDecoder.decode(file, sizes);
                case "TIFF" -> TiffDecoder.decode(file, sizes).fitted();
                case "JPEG 2000" -> Jpeg2000Decoder.decode(file, sizes);
                case "BMP" -> BmpDecoder.decode(file, sizes);
                case "GIF" -> GifDecoder.decode(file, sizes);
                case "JSRT" -> JsrtDecoder.decode(file);
                default -> throw unknown(file);
            };
            return picture(samples, channels, format, samples.bits());
        } catch (DataException refused) {
            throw new DataException(name + ": " + refused.getMessage(), refused);
        } catch (RuntimeException damaged) {
            // A decoder that runs past the end of its data says so by index or size; the file is to blame.
            throw new DataException(name + ": damaged: " + damaged.getClass().getSimpleName() + " while decoding"
                    + " (copy or convert the file again)", damaged);
        } catch (OutOfMemoryError large) {
            throw new DataException(name + ": picture too large for the memory of this process: "
                    + Runtime.getRuntime().maxMemory() / (1 << 20) + " MiB (give it more with -Xmx)", large);
        }
    }

    private static Picture picture(Samples samples, int channels, String format, int bits) {
        return new Picture(samples.width(), samples.height(), channels,
                channels == 1 ? samples.grey() : samples.rgb(), new PictureFacts(format, bits, samples.notes()));
    }

    /** The format that the content shows, empty where it is none of ours. */
    private static String format(byte[] file) {
        return DicomDecoder.recognises(file) ? "DICOM" : PngDecoder.recognises(file) ? "PNG"
                : JpegDecoder.recognises(file) ? "JPEG" : TiffDecoder.recognises(file) ? "TIFF"
                : Jpeg2000Decoder.recognises(file) ? "JPEG 2000" : BmpDecoder.recognises(file) ? "BMP"
                : GifDecoder.recognises(file) ? "GIF"
                : JsrtDecoder.recognises(file) ? "JSRT" : "";
    }

    private static DataException unknown(byte[] file) {
        String start = new String(file, 0, Math.min(file.length, 16), StandardCharsets.ISO_8859_1);
        String kind = file.length == 0 ? "empty file" : start.startsWith("GIF8") ? "a GIF that ends in its header"
                : start.startsWith("RIFF") && start.startsWith("WEBP", 8) ? "WebP is not readable"
                : start.startsWith("\u001f\u008b") ? "compressed by gzip" : start.startsWith("PK") ? "a zip archive"
                : start.startsWith("ftyp", 4) ? "HEIF or AVIF is not readable" : "unknown format";
        return new DataException(kind + ": " + file.length + " bytes (need PNG, JPEG, TIFF, BMP, DICOM, JPEG 2000 or a"
                + " JSRT film: convert it)");
    }
}
