package dev.panacea.nn.weight.pickle;

import dev.panacea.nn.weight.pickle.Pickled.Bytes;
import dev.panacea.nn.weight.pickle.Pickled.Instance;
import dev.panacea.nn.weight.pickle.Pickled.Scalar;
import dev.panacea.nn.weight.pickle.Pickled.Sequence;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A number as NumPy pickles it: the best accuracy of a run is often one. */
final class NumpyScalar {
    private NumpyScalar() {}

    /** The number that a type and its bytes stand for; null where they do not fit or the type is another. */
    static Scalar read(List<Pickled> arguments) {
        if (arguments.size() != 2 || !(arguments.get(0) instanceof Instance type) || type.arguments().isEmpty()
                || !(type.arguments().getFirst() instanceof Scalar(String code)) || isBigEndian(type)
                || !(arguments.get(1) instanceof Bytes(String latin1)) || latin1.length() > Long.BYTES
                || !code.matches("[fiub]" + latin1.length())) {
            return null;
        }
        ByteBuffer raw = ByteBuffer.wrap(latin1.getBytes(StandardCharsets.ISO_8859_1)).order(ByteOrder.LITTLE_ENDIAN);
        return switch (code) {
            case "f8" -> new Scalar(raw.getDouble());
            case "f4" -> new Scalar((double) raw.getFloat());
            case "f2" -> new Scalar((double) Float.float16ToFloat(raw.getShort()));
            case "i8" -> new Scalar(raw.getLong());
            case "i4" -> new Scalar((long) raw.getInt());
            case "i2" -> new Scalar((long) raw.getShort());
            case "i1" -> new Scalar((long) raw.get());
            case "u1" -> new Scalar((long) Byte.toUnsignedInt(raw.get()));
            case "b1" -> new Scalar(raw.get() != 0);
            default -> null;
        };
    }

    private static boolean isBigEndian(Instance type) {
        return type.state() instanceof Sequence state && state.items().size() > 1
                && state.items().get(1) instanceof Scalar(String order) && order.equals(">");
    }
}
