package dev.panacea.tensor;

import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.Copy;
import dev.panacea.tensor.op.Op;
import java.lang.ref.Reference;
import java.util.List;
import java.util.function.Function;

/**
 * A multi-dimensional array on a device: memory, and a {@link Layout} that says which elements of it are seen and in
 * what order. Tensors are values: ops never change their inputs. Views share memory with what they view.
 */
public final class Tensor implements TensorOps<Tensor> {
    private final Storage storage;
    private final ElementType type;
    private final Layout layout;
    private final boolean contiguous;

    private Tensor(Storage storage, ElementType type, Layout layout) {
        this.storage = storage;
        this.type = type;
        this.layout = layout;
        this.contiguous = layout.isContiguous();
    }

    /** A contiguous tensor with undefined content. */
    public static Tensor allocate(Backend backend, Spec spec) {
        long byteSize = Math.multiplyExact(spec.shape().size(), (long) spec.type().byteSize());
        return new Tensor(Storage.allocate(backend, byteSize), spec.type(), Layout.contiguous(spec.shape()));
    }

    /** Zeros on the current backend. */
    public static Tensor zeros(ElementType type, int... dims) {
        return full(type, 0, dims);
    }

    /** F32 zeros on the current backend. */
    public static Tensor zeros(int... dims) {
        return zeros(ElementType.F32, dims);
    }

    /** F32 ones on the current backend. */
    public static Tensor ones(int... dims) {
        return full(ElementType.F32, 1, dims);
    }

    /** One value everywhere, on the current backend. */
    public static Tensor full(ElementType type, double value, int... dims) {
        return make(new Spec(Shape.of(dims), type), host -> {
            Memory.fill(host.address(), host.size() * type.byteSize(), (byte) 0);
            if (value != 0) {
                for (long i = 0; i < host.size(); i++) {
                    host.flat(i, value);
                }
            }
            return host;
        });
    }

    /** An F32 scalar on the current backend. */
    public static Tensor scalar(double value) {
        return full(ElementType.F32, value);
    }

    /**
     * F32 values in row-major order on the current backend.
     *
     * @throws ShapeException if the number of values is not the shape's
     */
    public static Tensor of(Shape shape, float... values) {
        count(shape, values.length);
        return make(new Spec(shape, ElementType.F32), host -> {
            for (int i = 0; i < values.length; i++) {
                Memory.f32(host.address() + 4L * i, values[i]);
            }
            return host;
        });
    }

    /**
     * Rows of F32 values, one after the other, on the current backend.
     *
     * @throws ShapeException if the number of values is not the shape's
     */
    public static Tensor of(Shape shape, List<float[]> rows) {
        float[] values = new float[Math.toIntExact(rows.stream().mapToLong(row -> row.length).sum())];
        int at = 0;
        for (float[] row : rows) {
            System.arraycopy(row, 0, values, at, row.length);
            at += row.length;
        }
        return of(shape, values);
    }

    /**
     * F64 values in row-major order on the current backend.
     *
     * @throws ShapeException if the number of values is not the shape's
     */
    public static Tensor of(Shape shape, double... values) {
        count(shape, values.length);
        return make(new Spec(shape, ElementType.F64), host -> {
            for (int i = 0; i < values.length; i++) {
                Memory.f64(host.address() + 8L * i, values[i]);
            }
            return host;
        });
    }

    /**
     * I32 values in row-major order on the current backend.
     *
     * @throws ShapeException if the number of values is not the shape's
     */
    public static Tensor of(Shape shape, int... values) {
        count(shape, values.length);
        return make(new Spec(shape, ElementType.I32), host -> {
            for (int i = 0; i < values.length; i++) {
                Memory.i32(host.address() + 4L * i, values[i]);
            }
            return host;
        });
    }

    /** The result of an op without inputs, such as random numbers, on the current backend. */
    public static Tensor make(Op op) {
        return Dispatch.run(op, List.of()).getFirst();
    }

    private static void count(Shape shape, int length) {
        if (shape.size() != length) {
            throw new ShapeException("tensor: " + length + " values for shape " + shape + " (need " + shape.size()
                    + ")");
        }
    }

    private static Tensor make(Spec spec, Function<Tensor, Tensor> fill) {
        Backend backend = Backends.current();
        if (backend == Backends.cpu()) {
            return fill.apply(allocate(backend, spec));
        }
        Tensor device = allocate(backend, spec);
        try (MemoryScope _ = MemoryScope.open("upload")) {
            device.upload(fill.apply(allocate(Backends.cpu(), spec)));
        }
        return device;
    }

    /** Shape and element type. */
    @Override
    public Spec spec() {
        return new Spec(layout.shape(), type);
    }

    /** Sizes of the axes. */
    public Shape shape() {
        return layout.shape();
    }

    /** Type of the elements. */
    public ElementType type() {
        return type;
    }

    /** Where the elements lie. */
    public Layout layout() {
        return layout;
    }

    /** Number of elements. */
    public long size() {
        return layout.shape().size();
    }

    /** Size of one axis; negative axes count from the end. */
    public int dim(int axis) {
        return layout.shape().dim(axis);
    }

    /** Whether the elements lie row-major without gaps. */
    public boolean isContiguous() {
        return contiguous;
    }

    /** The device that holds this tensor. */
    public Backend backend() {
        return storage.backend;
    }

    /**
     * Address of the first element in the device's own space: absolute on the CPU, and valid while the tensor is.
     * Whoever reads through it keeps the tensor reachable until done, or owned by a scope.
     *
     * @throws FreedTensorException if the tensor was freed
     */
    public long address() {
        return storage.block().address() + layout.offset() * type.byteSize();
    }

    /** The device memory behind this tensor and its views, from its very start. For backends. */
    public Backend.Block block() {
        return storage.block();
    }

    /** Another view of the same memory. For view ops and readers of foreign layouts; the layout is not checked. */
    public Tensor alias(Layout other) {
        storage.block();
        return new Tensor(storage, type, other);
    }

    /** This tensor, contiguous: itself where it is so already, else a copy. */
    public Tensor contiguous() {
        return isContiguous() ? this : copy();
    }

    /** A copy on another device, or this tensor where it is there already. */
    public Tensor to(Backend target) {
        if (target == backend()) {
            return this;
        }
        if (target == Backends.cpu()) {
            return download();
        }
        Tensor moved = allocate(target, spec());
        try (MemoryScope _ = MemoryScope.open("upload")) {
            Tensor host = to(Backends.cpu()).contiguous();
            target.upload(host.address(), moved.block(), size() * type.byteSize());
            Reference.reachabilityFence(host);
        }
        return moved;
    }

    private Tensor download() {
        Tensor host = allocate(Backends.cpu(), spec());
        try (MemoryScope _ = MemoryScope.open("download")) {
            boolean dense = contiguous && layout.offset() == 0;
            if (dense || backend().kernel(new Copy()) != null) {
                Tensor source = dense ? this : copy();
                backend().download(source.block(), host.address(), size() * type.byteSize());
                Reference.reachabilityFence(source);
            } else { // nothing on the device can gather the elements: bring the memory they lie in
                Tensor memory = allocate(Backends.cpu(), new Spec(Shape.of(Math.toIntExact(layout.end())), type));
                backend().download(block(), memory.address(), layout.end() * type.byteSize());
                Dispatch.compute(Backends.cpu(), new Copy(), new Tensor[] {memory.alias(layout)}, new Tensor[] {host});
            }
        }
        return host;
    }

    /** Overwrites this contiguous tensor with a contiguous host tensor of the same spec. */
    void upload(Tensor host) {
        backend().upload(host.address(), block(), host.size() * type.byteSize());
        Reference.reachabilityFence(host);
    }

    /**
     * The element at an index, one number for each axis, as a double. CPU only: for looking, not for arithmetic.
     *
     * @throws ShapeException if the index is out of range
     */
    public double at(int... index) {
        return read(check(index));
    }

    /** The {@code flat}-th element in row-major order, as a double. CPU only. */
    public double flat(long flat) {
        return read(contiguous ? layout.offset() + flat : layout.position(flat));
    }

    /** Sets the element at an index while a tensor is being filled. CPU only; other views see the change. */
    public void set(double value, int... index) {
        write(check(index), value);
    }

    /** Sets the {@code flat}-th element in row-major order while a tensor is being filled. CPU only. */
    public void flat(long flat, double value) {
        write(contiguous ? layout.offset() + flat : layout.position(flat), value);
    }

    /** The only element of a tensor of size 1, as a double; on any device. */
    public double item() {
        if (size() != 1) {
            throw new ShapeException("item: tensor of shape " + shape() + " (need one element)");
        }
        return toDoubles()[0];
    }

    /** All elements in row-major order, from any device. */
    public double[] toDoubles() {
        double[] values = new double[Math.toIntExact(size())];
        Tensor host = to(Backends.cpu());
        for (int i = 0; i < values.length; i++) {
            values[i] = host.flat(i);
        }
        return values;
    }

    /** All elements in row-major order, from any device, rounded to float. */
    public float[] toFloats() {
        float[] values = new float[Math.toIntExact(size())];
        Tensor host = to(Backends.cpu());
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) host.flat(i);
        }
        return values;
    }

    private long check(int... index) {
        boolean inside = index.length == shape().rank();
        for (int axis = 0; inside && axis < index.length; axis++) {
            inside = index[axis] >= 0 && index[axis] < shape().dim(axis);
        }
        if (!inside) {
            throw new ShapeException("at: index " + java.util.Arrays.toString(index) + " out of range for " + shape()
                    + " (need one number in range for each axis)");
        }
        return layout.position(index);
    }

    private double read(long position) {
        double value = type.read(hostAddress(position));
        Reference.reachabilityFence(storage);
        return value;
    }

    private void write(long position, double value) {
        type.write(hostAddress(position), value);
        Reference.reachabilityFence(storage);
    }

    private long hostAddress(long position) {
        if (backend() != Backends.cpu()) {
            throw new BackendException("at: tensor is on " + backend().name()
                    + " (move it first: tensor.to(Backends.cpu()))");
        }
        return storage.block().address() + position * type.byteSize();
    }

    /** Adds an owner: the memory stays until {@link #release} is called as often. */
    public Tensor retain() {
        storage.retain();
        return this;
    }

    /**
     * Gives up one ownership taken by {@link #retain}.
     *
     * @param by who lets go, for the message of a later use
     */
    public void release(String by) {
        storage.release(by);
    }

    /** Whether the memory was given back. */
    public boolean isFreed() {
        return storage.isFreed();
    }

    /** Whether both tensors see the same memory. */
    public boolean sharesMemory(Tensor other) {
        return storage == other.storage;
    }

    Storage storage() {
        return storage;
    }

    /**
     * Runs an op into tensors that exist already, so that a training step allocates nothing. An output may be an input
     * itself where the op {@linkplain Op#inPlace says so}; other views of the outputs see the change.
     *
     * @throws ShapeException if the outputs are not what the op's shape rule promises, are not contiguous, or overlap
     *     each other or an input which the op cannot write over
     * @throws BackendException if inputs and outputs are on different devices
     */
    public static void into(Op op, List<Tensor> inputs, List<Tensor> outputs) {
        Dispatch.into(op, inputs, outputs);
    }

    @Override
    public List<Tensor> apply(Op op, List<Tensor> inputs) {
        return Dispatch.run(op, inputs);
    }

    @Override
    public Tensor lift(Tensor constant) {
        return constant;
    }

    /** The values as the field's libraries print them, long axes shortened. */
    @Override
    public String toString() {
        return TensorText.of(this);
    }
}
