package dev.panacea.tensor;

import dev.panacea.tensor.op.Copy;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.ViewOp;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;

/** Runs one op: shape rule, then a view, a kernel, or the reference. */
final class Dispatch {
    private Dispatch() {}

    static List<Tensor> run(Op op, List<Tensor> inputs) {
        Backend backend = inputs.isEmpty() ? Backends.current() : inputs.getFirst().backend();
        List<Spec> results = op.shapes(specs(op, backend, inputs));
        if (op instanceof ViewOp view) {
            return views(view, inputs.getFirst(), results.size());
        }
        Tensor[] in = inputs.toArray(Tensor[]::new);
        for (Tensor input : in) {
            input.address();
        }
        Tensor[] out = new Tensor[results.size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = Tensor.allocate(backend, results.get(i));
        }
        compute(backend, op, in, out);
        return List.of(out);
    }

    private static List<Spec> specs(Op op, Backend backend, List<Tensor> inputs) {
        List<Spec> specs = new ArrayList<>(inputs.size());
        for (Tensor input : inputs) {
            if (input.backend() != backend) {
                throw new BackendException(op.name() + ": inputs on different devices: " + backend.name() + " and "
                        + input.backend().name() + " (move one: tensor.to(backend))");
            }
            specs.add(input.spec());
        }
        return specs;
    }

    /** Runs an op into given outputs, after the checks that {@link #run} has no need of. */
    static void into(Op op, List<Tensor> inputs, List<Tensor> outputs) {
        Backend backend = (inputs.isEmpty() ? outputs : inputs).getFirst().backend();
        List<Spec> results = op.shapes(specs(op, backend, inputs));
        if (op instanceof ViewOp) {
            throw new ShapeException(op.name() + ": a view computes nothing (call it without outputs)");
        }
        Destinations.check(op, backend, inputs, results, outputs);
        Tensor[] out = outputs.toArray(Tensor[]::new);
        compute(backend, op, inputs.toArray(Tensor[]::new), out);
        Reference.reachabilityFence(out);
    }

    /** Computes into outputs that exist already. */
    static void compute(Backend backend, Op op, Tensor[] in, Tensor[] out) {
        OpProfile profile = OpProfile.running();
        if (profile == null) {
            computed(backend, op, in, out);
            return;
        }
        long start = System.nanoTime();
        computed(backend, op, in, out);
        backend.synchronize();
        profile.count(op, in, System.nanoTime() - start);
    }

    @SuppressWarnings("unchecked")
    private static void computed(Backend backend, Op op, Tensor[] in, Tensor[] out) {
        boolean empty = true;
        for (Tensor output : out) {
            empty &= output.size() == 0;
        }
        if (empty) {
            return; // but an empty batch still has gradients by parameters, and they are zeros
        }
        Kernel<Op> kernel = (Kernel<Op>) backend.kernel(op);
        if (kernel == null || !kernel.accepts(op, in)) {
            Fallbacks.count(backend.name(), op.name());
            reference(backend, op, in, out);
            Reference.reachabilityFence(in);
            return;
        }
        boolean ready = true;
        for (int i = 0; i < in.length; i++) {
            ready &= kernel.strided(op, i) || in[i].isContiguous();
        }
        if (ready) {
            kernel.run(op, in, out);
            Reference.reachabilityFence(in); // kernels hold addresses, which keep nothing from the collector
            return;
        }
        try (MemoryScope _ = MemoryScope.open(op.name())) {
            Tensor[] dense = in.clone();
            for (int i = 0; i < in.length; i++) {
                if (!kernel.strided(op, i) && !in[i].isContiguous()) {
                    dense[i] = run(new Copy(), List.of(in[i])).getFirst();
                }
            }
            kernel.run(op, dense, out);
            Reference.reachabilityFence(dense);
        }
    }

    private static List<Tensor> views(ViewOp op, Tensor input, int count) {
        Layout layout = op.view(input.layout());
        if (layout == null) {
            input = run(new Copy(), List.of(input)).getFirst();
            layout = op.view(input.layout());
        }
        if (count == 1) {
            return List.of(input.alias(layout));
        }
        List<Tensor> views = new ArrayList<>(count);
        for (int output = 0; output < count; output++) {
            views.add(input.alias(op.view(input.layout(), output)));
        }
        return views;
    }

    private static void reference(Backend backend, Op op, Tensor[] in, Tensor[] out) {
        if (backend == Backends.cpu()) {
            op.reference(in, out);
            return;
        }
        backend.synchronize();
        try (MemoryScope _ = MemoryScope.open(op.name())) {
            Tensor[] hostIn = new Tensor[in.length];
            for (int i = 0; i < in.length; i++) {
                hostIn[i] = in[i].to(Backends.cpu());
            }
            Tensor[] hostOut = new Tensor[out.length];
            for (int i = 0; i < out.length; i++) {
                hostOut[i] = Tensor.allocate(Backends.cpu(), out[i].spec());
            }
            Backends.onCpu(() -> op.reference(hostIn, hostOut));
            for (int i = 0; i < out.length; i++) {
                out[i].upload(hostOut[i]);
            }
        }
    }
}
