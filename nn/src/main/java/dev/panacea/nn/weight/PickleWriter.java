package dev.panacea.nn.weight;

import dev.panacea.nn.weight.pickle.TorchTypes;
import dev.panacea.tensor.io.ElementSource;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Writes the pickle of a {@code state_dict}, protocol 2, with the few instructions that every PyTorch trusts. */
final class PickleWriter {
    static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** Tensors by name, the n-th over the storage of key n, and texts as an attribute of their dictionary. */
    byte[] stateDict(Map<String, ElementSource> sources, Map<String, String> texts) {
        out.write(0x80);
        out.write(2);
        orderedDictionary();
        out.write('(');
        int key = 0;
        for (Map.Entry<String, ElementSource> entry : sources.entrySet()) {
            text(entry.getKey());
            tensor(entry.getValue(), key++);
        }
        out.write('u');
        if (!texts.isEmpty()) {
            out.writeBytes(new byte[] {'}', '('});
            text(TorchWriter.TEXTS);
            out.writeBytes(new byte[] {'}', '('});
            texts.forEach((name, value) -> {
                text(name);
                text(value);
            });
            out.writeBytes(new byte[] {'u', 'u', 'b'});
        }
        out.write('.');
        return out.toByteArray();
    }

    private void tensor(ElementSource source, int key) {
        name("torch._utils", "_rebuild_tensor_v2");
        out.write('(');
        out.write('(');
        text("storage");
        name("torch", TorchTypes.storage(source.type()));
        text(String.valueOf(key));
        text("cpu");
        number(source.byteSize() / source.type().byteSize());
        out.writeBytes(new byte[] {'t', 'Q'});
        number(0); // the offset
        numbers(source.shape());
        numbers(StridedElements.denseStrides(source.shape()));
        out.write(0x89); // needs no gradient
        orderedDictionary(); // of hooks
        out.writeBytes(new byte[] {'t', 'R'});
    }

    private void orderedDictionary() {
        name("collections", "OrderedDict");
        out.writeBytes(new byte[] {')', 'R'});
    }

    private void name(String module, String name) {
        out.writeBytes(("c" + module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    private void text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.write('X');
        little(INT.byteSize(), utf8.length);
        out.writeBytes(utf8);
    }

    private void numbers(List<Long> numbers) {
        out.write('(');
        numbers.forEach(this::number);
        out.write('t');
    }

    private void number(long number) {
        if (number == (int) number) {
            out.write('J');
            little(INT.byteSize(), number);
        } else {
            out.write(0x8a);
            out.write(Long.BYTES);
            little(LONG.byteSize(), number);
        }
    }

    private void little(long byteSize, long number) {
        byte[] bytes = new byte[Long.BYTES];
        MemorySegment.ofArray(bytes).set(LONG, 0, number);
        out.write(bytes, 0, (int) byteSize);
    }
}
