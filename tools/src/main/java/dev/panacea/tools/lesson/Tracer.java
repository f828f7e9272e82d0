package dev.panacea.tools.lesson;

import dev.panacea.ace.train.StepWatch;
import dev.panacea.autograd.Variable;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.ArrayList;
import java.util.List;

/** Writes down what the parts of a step make while it runs. What it needs to look at the numbers is no part's time. */
final class Tracer implements StepWatch {
    private final List<Room> rooms = new ArrayList<>();
    private boolean looking;
    private long begunNanos;
    private long savedBytes;
    private int ops;

    /** From now on. */
    void begin() {
        looking = true;
        begunNanos = System.nanoTime();
    }

    List<Room> rooms() {
        return rooms;
    }

    /** What the tape kept when the loss was known. */
    long savedBytes() {
        return savedBytes;
    }

    /** How many ops the tape then held. */
    int ops() {
        return ops;
    }

    @Override
    public void made(String room, List<? extends TensorOps<?>> in, List<? extends TensorOps<?>> out) {
        if (looking) {
            double milliseconds = (System.nanoTime() - begunNanos) * 1e-6;
            List<float[]> values = out.stream().map(Tracer::values).toList();
            long bytes = out.stream().map(TensorOps::spec).mapToLong(s -> s.shape().size() * s.type().byteSize()).sum();
            rooms.add(new Room(room, Room.shapes(in), Room.shapes(out), Room.Statistics.of(values, bytes),
                    milliseconds));
            if (room.equals("TotalLoss") && out.getFirst() instanceof Variable loss) {
                savedBytes += loss.tape().savedBytes();
                ops += loss.tape().graph().steps().size();
            }
            begunNanos = System.nanoTime();
        }
    }

    /** A part that makes no tensor. */
    void made(String room, List<Shape> in, List<Shape> out, Room.Statistics numbers) {
        rooms.add(new Room(room, in, out, numbers, (System.nanoTime() - begunNanos) * 1e-6));
        begunNanos = System.nanoTime();
    }

    private static float[] values(TensorOps<?> made) {
        return (made instanceof Variable variable ? variable.value() : (Tensor) made).toFloats();
    }
}
