package dev.panacea.ace.augment;

import dev.panacea.tensor.Backends;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;

/**
 * A grey picture in Java's own memory, row by row, 0 black to 1 white.
 *
 * @param height number of rows
 * @param width number of columns
 * @param values the grey values, which transforms change
 */
public record Plane(int height, int width, float[] values) {
    /**
     * Checks the sizes; the array is not copied.
     *
     * @throws ShapeException if they do not agree
     */
    public Plane {
        if (values.length != (long) height * width) {
            throw new ShapeException("augment: " + values.length + " values for a grey picture of " + height + " x "
                    + width + " (need their product)");
        }
    }

    /**
     * A copy of a picture [H, W].
     *
     * @throws ShapeException if it is no picture, or an empty one
     */
    public static Plane of(Tensor picture) {
        if (picture.shape().rank() != 2 || picture.size() == 0) {
            throw new ShapeException("augment: picture is " + picture.shape() + " (need [H, W])");
        }
        Tensor dense = picture.to(Backends.cpu()).contiguous();
        float[] values = new float[Math.toIntExact(dense.size())];
        MemorySegment.copy(Memory.ALL, ValueLayout.JAVA_FLOAT, dense.address(), values, 0, values.length);
        Reference.reachabilityFence(dense);
        return new Plane(dense.dim(0), dense.dim(1), values);
    }

    /** The picture as {@code channels} equal channels, [channels, H, W], on the CPU: a batch goes up as a whole. */
    public Tensor tensor(int channels) {
        Tensor planes = Tensor.allocate(Backends.cpu(), new Spec(Shape.of(channels, height, width), ElementType.F32));
        for (int channel = 0; channel < channels; channel++) {
            MemorySegment.copy(values, 0, Memory.ALL, ValueLayout.JAVA_FLOAT,
                    planes.address() + 4L * channel * values.length, values.length);
        }
        Reference.reachabilityFence(planes);
        return planes;
    }

    /** The same size with values of its own. */
    public Plane with(float[] other) {
        return new Plane(height, width, other);
    }

    /** A row or column beyond the border, mirrored without repeating the edge (OpenCV's and PyTorch's "reflect"). */
    static int reflected(int at, int size) {
        if (size == 1) {
            return 0;
        }
        int period = 2 * (size - 1);
        int folded = Math.floorMod(at, period);
        return folded < size ? folded : period - folded;
    }

    /** Brings all values into 0..1. */
    Plane clamped() {
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.clamp(values[i], 0, 1);
        }
        return this;
    }
}
