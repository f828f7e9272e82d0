package dev.panacea.nn.onnx;

import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.io.AtomicFile;
import dev.panacea.tensor.io.ProtoMessage;
import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A network as ONNX has it, with texts about it. The weights are read when it is written, and stay until then. */
public final class OnnxModel {
    /** The set of operators: that of ONNX 1.12, of 2022, the first with layer normalisation. */
    static final int OPERATORS = 17;
    /** The version of the file's format that came with these operators. */
    private static final int FORMAT = 8;

    private final ProtoMessage graph;
    private final String signature;
    private final Map<String, String> texts = new LinkedHashMap<>();

    OnnxModel(ProtoMessage graph, String signature) {
        this.graph = graph;
        this.signature = signature;
    }

    /** Input and outputs with their sizes: {@code pictures [batch, 3, 224, 224] → logits [batch, 14]}. */
    public String signature() {
        return signature;
    }

    /** Adds a text that other programs can read: ONNX calls it a metadata property. */
    public OnnxModel with(String key, String value) {
        texts.put(key, value);
        return this;
    }

    /** Size of the file. */
    public long byteSize() {
        return message().size();
    }

    /**
     * Writes the file; nothing is left of one that fails.
     *
     * @throws ConfigException if it would not be smaller than 2 GiB, which readers cannot take
     * @throws dev.panacea.tensor.DataException if it cannot be written
     */
    public void write(Path path) {
        ProtoMessage message = message();
        if (message.size() > Integer.MAX_VALUE) {
            throw new ConfigException(String.format(Locale.ROOT, "onnx %s: too large: %d MB (need a smaller model: such"
                    + " files are below 2 GiB)", path, message.size() / 1_000_000));
        }
        AtomicFile.write(path, "onnx", channel -> {
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
            message.write(out);
            out.flush();
        });
    }

    private ProtoMessage message() {
        ProtoMessage model = new ProtoMessage().number(1, FORMAT).text(2, "panacea").message(7, graph)
                .message(8, new ProtoMessage().text(1, "").number(2, OPERATORS));
        texts.forEach((key, value) -> model.message(14, new ProtoMessage().text(1, key).text(2, value)));
        return model;
    }
}
