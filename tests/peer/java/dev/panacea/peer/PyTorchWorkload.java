package dev.panacea.peer;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import dev.panacea.tensor.io.Safetensors;
import dev.panacea.tensor.io.SafetensorsFile;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** PyTorch's side: a TorchScript file in the libtorch that DJL brings. */
final class PyTorchWorkload implements Workload {
    private final Model model;
    private final Block block;
    private final NDManager manager;
    private final NDArray pictures;
    private final ParameterStore store;
    private final Map<String, PtNDArray> parameters = new HashMap<>();
    private boolean hasGradients;

    /**
     * Loads a model.
     *
     * @param training whether parameters will have gradients; PyTorch's optimised graph is seven times slower in a
     *     forward pass alone where they could
     */
    PyTorchWorkload(String name, Path folder, boolean training) {
        model = Model.newInstance(name, "PyTorch");
        try (SafetensorsFile file = Safetensors.open(folder.resolve(name + ".safetensors"))) {
            model.load(folder, name, training ? Map.of("trainParam", "true") : Map.of());
            block = model.getBlock();
            manager = model.getNDManager().newSubManager();
            FloatBuffer values = file.bytes("input").asByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
            long[] dims = file.entry("input").shape().stream().mapToLong(Long::longValue).toArray();
            pictures = manager.create(values, new Shape(dims));
        } catch (IOException | MalformedModelException e) {
            throw new IllegalStateException("peer: " + name + ".pt cannot be loaded: " + e.getMessage(), e);
        }
        store = new ParameterStore(manager, false);
        if (training) { // asking for the parameters makes DJL want their gradients
            block.getDirectParameters()
                    .forEach(entry -> parameters.put(entry.getKey(), (PtNDArray) entry.getValue().getArray()));
        }
        JniUtils.setGradMode(false); // a gradient collector switches it on while it is open
    }

    /** Sets the threads of all work to come, and tells PyTorch's version. */
    static String start(int threads) {
        System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
        String version = Engine.getEngine("PyTorch").getVersion();
        if (JniUtils.getNumThreads() != threads) {
            throw new IllegalStateException("peer: PyTorch has " + JniUtils.getNumThreads() + " threads, not "
                    + threads);
        }
        return version;
    }

    @Override
    public float[] forward() {
        try (NDManager step = manager.newSubManager()) {
            NDList out = block.forward(store, new NDList(pictures), false);
            out.attach(step);
            return out.head().toFloatArray();
        }
    }

    /**
     * PyTorch's usual loop drops the old gradients before a step. DJL cannot; it sets them to zero, and backward then
     * adds to them. The time of such an addition is measured too and taken off, so that PyTorch does not pay for DJL.
     */
    @Override
    public double forwardBackward() {
        double adding = 0;
        if (hasGradients) {
            long start = System.nanoTime();
            parameters.values().forEach(PyTorchWorkload::addToGradient);
            adding = (System.nanoTime() - start) * 1e-9;
            parameters.values().forEach(JniUtils::zeroGrad);
        }
        hasGradients = true;
        try (NDManager step = manager.newSubManager();
                GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            long start = System.nanoTime();
            NDList out = block.forward(store, new NDList(pictures), true);
            out.attach(step);
            collector.backward(out.head().square().mean());
            return (System.nanoTime() - start) * 1e-9 - adding;
        }
    }

    private static void addToGradient(PtNDArray parameter) {
        try (NDArray gradient = parameter.getGradient()) {
            gradient.addi(parameter);
        }
    }

    @Override
    public float[] gradient(String name) {
        try (NDArray gradient = parameters.get(name).getGradient()) {
            return gradient.toFloatArray();
        }
    }

    @Override
    public void close() {
        manager.close();
        model.close();
    }
}
