package dev.panacea.bindings.cuda;

import dev.panacea.bindings.raw.Driver;
import dev.panacea.tensor.Backend;
import dev.panacea.tensor.BackendException;
import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.MemoryPool;
import dev.panacea.tensor.op.Op;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/**
 * One NVIDIA card. All work goes through one stream and so runs in the order in which it was given; that is why memory
 * can be used again as soon as the host lets go of it, with no waiting.
 */
public final class CudaBackend implements Backend {
    private static final byte POISON = -1; // NaN in every float type
    private static final ThreadLocal<CudaBackend> ENTERED = new ThreadLocal<>();
    private static final ThreadLocal<Launch> LAUNCH = ThreadLocal.withInitial(Launch::new);

    private final String name;
    private final Device device;
    private final Precision precision = Precision.asked();
    private final boolean poisons = Boolean.getBoolean("panacea.cuda.poison");
    private final boolean waits = Boolean.getBoolean("panacea.cuda.wait");
    private final Function<Class<? extends Op>, Kernel<?>> kernels;
    private final DeviceMemory memory = new DeviceMemory(this);
    private final MemoryPool pool = new MemoryPool(memory);
    private final Graphs graphs = new Graphs(this);
    private final AtomicLong writes = new AtomicLong();
    private final LongAdder launches = new LongAdder();
    private final LongAdder uploaded = new LongAdder();
    private final LongAdder downloaded = new LongAdder();
    private MemorySegment context;
    private MemorySegment stream;
    private Staging staging;
    private Compiler compiler;
    private Modules modules;
    private Blas blas;
    private volatile boolean closed;

    /**
     * Opens a card.
     *
     * @param index which of the cards
     * @param kernels which ops have a kernel
     * @throws BackendException if CUDA cannot be used or has no such card
     */
    public CudaBackend(int index, Function<Class<? extends Op>, Kernel<?>> kernels) {
        Optional<String> absence = Libraries.absence();
        if (absence.isPresent()) {
            throw new BackendException("cuda: " + absence.get());
        }
        if (index >= Device.count()) {
            throw new BackendException("cuda:" + index + ": no such device (need 0 to " + (Device.count() - 1) + ")");
        }
        this.name = "cuda:" + index;
        this.device = Device.of(index);
        this.kernels = kernels;
        try {
            open();
        } catch (RuntimeException refused) {
            close();
            throw refused;
        }
    }

    private void open() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
            Status.driver(Driver.cuDevicePrimaryCtxRetain(out, device.handle()), "cuDevicePrimaryCtxRetain");
            context = out.get(ValueLayout.ADDRESS, 0);
            enter();
            Status.driver(Driver.cuStreamCreate(out, Driver.CU_STREAM_NON_BLOCKING()), "cuStreamCreate");
            stream = out.get(ValueLayout.ADDRESS, 0);
        }
        staging = new Staging(stream);
        compiler = new Compiler(device.architecture());
        modules = new Modules(new CodeCache(compiler));
        blas = new Blas(this);
    }

    /** Why there is no card that can be used, with the cure, in one line; empty where there is one. */
    public static Optional<String> absence() {
        return Libraries.absence();
    }

    /** The card that holds a tensor. */
    public static CudaBackend of(Tensor tensor) {
        return (CudaBackend) tensor.backend();
    }

    @Override
    public String name() {
        return name;
    }

    /** What is known of the card. */
    public Device device() {
        return device;
    }

    /** How products of F32 matrices are computed. */
    public Precision precision() {
        return precision;
    }

    @Override
    public MemoryPool pool() {
        return pool;
    }

    @Override
    public Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("card", device.name());
        facts.put("compute capability", device.architecture() / 10 + "." + device.architecture() % 10);
        facts.put("multiprocessors", Integer.toString(device.multiprocessors()));
        facts.put("memory", String.format(Locale.ROOT, "%.1f GiB", device.memory() / (double) (1 << 30)));
        facts.put("driver", "CUDA " + Device.driverVersion());
        facts.put("compiler", "NVRTC " + compiler.version());
        facts.put("attention", graphs.fact());
        facts.put("products", "cuBLAS " + blas.version() + ", precision " + precision.name().toLowerCase(Locale.ROOT));
        return facts;
    }

    @Override
    public Map<String, Long> counts() {
        Map<String, Long> counts = new LinkedHashMap<>();
        counts.put("kernels launched", launches.sum());
        counts.put("bytes uploaded", uploaded.sum());
        counts.put("bytes downloaded", downloaded.sum());
        counts.put("blocks taken from the driver", memory.taken());
        counts.putAll(graphs.counts());
        return counts;
    }

    /** Matrix products. */
    public Blas blas() {
        return blas;
    }

    /** Graphs of operations. */
    public Graphs graphs() {
        return graphs;
    }

    /** Work of a library that writes the device's memory; {@code name} is whose, for errors. */
    void writing(String name, Runnable work) {
        enter();
        writes.incrementAndGet();
        work.run();
        if (waits) {
            Status.driver(Driver.cuStreamSynchronize(stream), name);
        }
    }

    /** How often the memory was written so far, by anything but products. */
    long writes() {
        return writes.get();
    }

    /** The one stream. */
    MemorySegment stream() {
        return stream;
    }

    /** Makes this card the one that the calling thread's calls of the driver mean. */
    void enter() {
        if (closed) {
            throw new BackendException(name + ": used after it was closed (open it again)");
        }
        if (ENTERED.get() != this) {
            Status.driver(Driver.cuCtxSetCurrent(context), "cuCtxSetCurrent");
            ENTERED.set(this);
        }
    }

    @Override
    public Block allocate(long byteSize) {
        MemoryPool.Lease lease;
        try {
            lease = pool.take(byteSize);
        } catch (OutOfMemoryError full) {
            throw new BackendException(name + ": cannot allocate " + byteSize + " bytes beside " + pool.liveBytes()
                    + " in use (need a smaller batch, or a card with more memory)", full);
        }
        if (poisons) {
            poison(lease);
        }
        return new DeviceBlock(lease);
    }

    private void poison(MemoryPool.Lease lease) {
        try {
            fill(lease.address(), POISON, lease.byteSize());
        } catch (RuntimeException refused) {
            lease.free();
            throw refused;
        }
    }

    private record DeviceBlock(MemoryPool.Lease lease) implements Block {
        @Override
        public long address() {
            return lease.address();
        }

        @Override
        public long byteSize() {
            return lease.byteSize();
        }

        @Override
        public void free() {
            lease.free();
        }
    }

    /** Memory for the time of a kernel: closing it right after the launch is safe, since work runs in order. */
    public Scratch scratch(long byteSize) {
        return new Scratch(allocate(Math.max(1, byteSize)));
    }

    @Override
    public void upload(long hostAddress, Block to, long byteSize) {
        upload(hostAddress, to.address(), byteSize);
    }

    /** Copies host memory to device memory, both by address; the host memory may be changed afterwards. */
    public void upload(long hostAddress, long deviceAddress, long byteSize) {
        enter();
        uploaded.add(byteSize);
        writes.incrementAndGet();
        staging.upload(hostAddress, deviceAddress, byteSize);
    }

    @Override
    public void download(Block from, long hostAddress, long byteSize) {
        enter();
        downloaded.add(byteSize);
        staging.download(from.address(), hostAddress, byteSize);
    }

    /** Copies within the device, by address. */
    public void copy(long from, long to, long byteSize) {
        if (byteSize > 0) {
            enter();
            writes.incrementAndGet();
            Status.driver(Driver.cuMemcpyDtoDAsync_v2(to, from, byteSize, stream), "cuMemcpyDtoDAsync");
        }
    }

    /** Fills device memory with one byte. */
    public void fill(long address, byte value, long byteSize) {
        if (byteSize > 0) {
            enter();
            writes.incrementAndGet();
            Status.driver(Driver.cuMemsetD8Async(address, value, byteSize, stream), "cuMemsetD8Async");
        }
    }

    /** Begins a call of a kernel; {@link Launch#run} ends it. */
    public Launch launch(KernelFunction function) {
        return LAUNCH.get().begin(this, function);
    }

    void run(Launch launch) {
        enter();
        launches.increment();
        writes.incrementAndGet();
        launch.run(modules.of(launch.function()), stream);
        if (waits) {
            Status.driver(Driver.cuStreamSynchronize(stream), launch.function().name());
        }
    }

    @Override
    public Kernel<?> kernel(Op op) {
        return kernels.apply(op.getClass());
    }

    @Override
    public void synchronize() {
        enter();
        Status.driver(Driver.cuStreamSynchronize(stream), "cuStreamSynchronize");
    }

    /** Whether {@link #close} was called. */
    public boolean isClosed() {
        return closed;
    }

    @Override
    public synchronized void close() {
        if (closed || context == null) {
            return;
        }
        Driver.cuCtxSetCurrent(context);
        if (stream != null) {
            Driver.cuStreamSynchronize(stream);
        }
        graphs.close();
        if (blas != null) {
            blas.close();
        }
        if (modules != null) {
            modules.close();
        }
        if (staging != null) {
            staging.close();
        }
        memory.close();
        if (stream != null) {
            Driver.cuStreamDestroy_v2(stream);
        }
        closed = true;
        ENTERED.remove();
        Driver.cuDevicePrimaryCtxRelease_v2(device.handle());
    }

    @Override
    public String toString() {
        return name;
    }
}
