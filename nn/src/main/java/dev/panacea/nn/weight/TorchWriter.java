package dev.panacea.nn.weight;

import dev.panacea.nn.weight.pickle.TorchTypes;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.io.ElementSource;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.SequencedMap;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes the zip format of {@code torch.save}: an ordered dictionary of dense tensors, as a {@code state_dict} is,
 * which {@code torch.load(path, weights_only=True)} opens. The same content gives the same bytes.
 */
final class TorchWriter {
    /** The attribute of the dictionary that holds the texts: there PyTorch passes over them. */
    static final String TEXTS = "panacea_texts";

    private static final int PIECE = 1 << 20; // bytes
    private static final int ALIGNMENT = 64; // of every storage, as PyTorch has it
    private static final int LOCAL_HEADER = 30;
    private static final int EXTRA_FIELD_HEADER = 4;
    private static final short PADDING_FIELD = 0x4246;
    private static final String FOLDER = "archive/";
    private static final LocalDateTime ANY_TIME = LocalDateTime.of(2000, 1, 1, 0, 0);

    private final SequencedMap<String, ElementSource> sources;
    private final byte[] pickle;
    private long written;

    TorchWriter(SequencedMap<String, ElementSource> sources, Map<String, String> texts, String where) {
        this.sources = sources;
        sources.forEach((name, source) -> {
            if (TorchTypes.storage(source.type()) == null) {
                throw new DataException("weights " + where + ": type not in every PyTorch: " + DataException.shown(name)
                        + " is " + source.type() + " (write safetensors instead)");
            }
        });
        this.pickle = new PickleWriter().stateDict(sources, texts);
    }

    void write(FileChannel channel) throws IOException {
        ZipOutputStream zip = new ZipOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel)));
        zip.setMethod(ZipOutputStream.STORED);
        store(zip, "data.pkl", pickle);
        store(zip, "byteorder", "little".getBytes(StandardCharsets.US_ASCII));
        byte[] piece = new byte[PIECE];
        int key = 0;
        for (ElementSource source : sources.values()) {
            CRC32 checksum = new CRC32();
            inPieces(source, piece, length -> checksum.update(piece, 0, length));
            begin(zip, "data/" + key++, source.byteSize(), checksum);
            inPieces(source, piece, length -> zip.write(piece, 0, length));
        }
        store(zip, "version", "3\n".getBytes(StandardCharsets.US_ASCII));
        zip.finish();
        zip.flush();
    }

    private void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 checksum = new CRC32();
        checksum.update(content);
        begin(zip, name, content.length, checksum);
        zip.write(content);
    }

    /** Begins an entry whose content lies at a multiple of the alignment. */
    private void begin(ZipOutputStream zip, String name, long size, CRC32 checksum) throws IOException {
        ZipEntry entry = new ZipEntry(FOLDER + name);
        entry.setSize(size);
        entry.setCrc(checksum.getValue());
        entry.setTimeLocal(ANY_TIME);
        long content = written + LOCAL_HEADER + entry.getName().length() + EXTRA_FIELD_HEADER;
        int padding = Math.floorMod(-content, ALIGNMENT);
        byte[] extra = new byte[EXTRA_FIELD_HEADER + padding];
        MemorySegment.ofArray(extra).set(PickleWriter.SHORT, 0, PADDING_FIELD);
        MemorySegment.ofArray(extra).set(PickleWriter.SHORT, 2, (short) padding);
        entry.setExtra(extra);
        zip.putNextEntry(entry);
        written = content + padding + size;
    }

    private interface Piece {
        void take(int length) throws IOException;
    }

    private static void inPieces(ElementSource source, byte[] piece, Piece next) throws IOException {
        long byteSize = source.byteSize();
        for (long at = 0; at < byteSize; at += piece.length) {
            int length = (int) Math.min(piece.length, byteSize - at);
            source.read(at / source.type().byteSize(), MemorySegment.ofArray(piece).asSlice(0, length));
            next.take(length);
        }
    }
}
