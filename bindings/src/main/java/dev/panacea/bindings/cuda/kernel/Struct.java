package dev.panacea.bindings.cuda.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The bytes of a C struct, its members in order, each where its type wants it. */
final class Struct {
    private final ByteBuffer bytes;

    /** A struct of so many bytes. */
    Struct(int byteSize) {
        bytes = ByteBuffer.allocate(byteSize).order(ByteOrder.nativeOrder());
    }

    Struct i32(int... values) {
        for (int value : values) {
            bytes.putInt(value);
        }
        return this;
    }

    Struct f32(double value) {
        bytes.putFloat((float) value);
        return this;
    }

    Struct i64(long... values) {
        bytes.position((bytes.position() + 7) & -8);
        for (long value : values) {
            bytes.putLong(value);
        }
        return this;
    }

    /** Jumps to where a member begins. */
    Struct at(int byteOffset) {
        bytes.position(byteOffset);
        return this;
    }

    byte[] bytes() {
        return bytes.array();
    }
}
