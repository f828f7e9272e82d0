package dev.panacea.bindings.cuda.kernel;

import dev.panacea.bindings.cuda.CudaBackend;
import dev.panacea.bindings.cuda.KernelFunction;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Concat;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.Pad;
import dev.panacea.tensor.op.Roll;
import dev.panacea.tensor.op.SliceBackward;
import dev.panacea.tensor.op.Stack;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.BiConsumer;

/** Ops that only move elements. */
final class MovingKernels {
    private static final Map<ElementType, KernelFunction> ROLL = new EnumMap<>(ElementType.class);
    private static final Map<ElementType, KernelFunction> PAD = new EnumMap<>(ElementType.class);

    static {
        for (ElementType type : ElementType.values()) {
            ROLL.put(type, Texts.of("copy.cu").with("T", Texts.word(type)).function("roll"));
            if (type != ElementType.BF16) {
                PAD.put(type, Texts.of("pad.cu").with("T", Texts.type(type)).function("pad"));
            }
        }
    }

    private MovingKernels() {}

    static void register(BiConsumer<Class<? extends Op>, Kernel<?>> put) {
        put.accept(Concat.class, new Moving<Concat>(MovingKernels::concat));
        put.accept(Stack.class, new Moving<Stack>(MovingKernels::stack));
        put.accept(SliceBackward.class, new Moving<SliceBackward>(MovingKernels::sliceBackward));
        put.accept(Roll.class, new Moving<Roll>(MovingKernels::roll));
        put.accept(Pad.class, new PadKernel());
    }

    /** Takes elements of any type and layout. */
    private record Moving<O extends Op>(Kernel<O> body) implements Kernel<O> {
        @Override
        public boolean accepts(O op, Tensor[] inputs) {
            return Loops.fit(inputs);
        }

        @Override
        public boolean strided(O op, int index) {
            return true;
        }

        @Override
        public void run(O op, Tensor[] inputs, Tensor[] outputs) {
            body.run(op, inputs, outputs);
        }
    }

    private static void concat(Concat op, Tensor[] inputs, Tensor[] outputs) {
        int start = 0;
        for (Tensor input : inputs) {
            int size = input.dim(op.axis());
            CopyKernel.copy(input, outputs[0].slice(op.axis(), start, start + size));
            start += size;
        }
    }

    private static void stack(Stack op, Tensor[] inputs, Tensor[] outputs) {
        for (int k = 0; k < inputs.length; k++) {
            CopyKernel.copy(inputs[k].unsqueeze(op.axis()), outputs[0].slice(op.axis(), k, k + 1));
        }
    }

    private static void sliceBackward(SliceBackward op, Tensor[] inputs, Tensor[] outputs) {
        Tensor dx = outputs[0];
        CudaBackend.of(dx).fill(dx.address(), (byte) 0, dx.size() * dx.type().byteSize());
        CopyKernel.copy(inputs[0], dx.slice(op.slice().axis(), op.slice().start(), op.slice().end(),
                op.slice().step()));
    }

    private static void roll(Roll op, Tensor[] inputs, Tensor[] outputs) {
        Shape shape = inputs[0].shape();
        CudaBackend.of(outputs[0]).launch(ROLL.get(inputs[0].type())).over(outputs[0].size()).pointer(outputs[0])
                .pointer(inputs[0]).i64(outputs[0].size()).layout(inputs[0].layout())
                .layout(Loops.numbers(shape, axis -> op.shift(shape, axis))).run();
    }

    private static final class PadKernel implements Kernel<Pad> {
        @Override
        public boolean accepts(Pad op, Tensor[] inputs) {
            return PAD.containsKey(inputs[0].type()) && Loops.fit(inputs);
        }

        @Override
        public boolean strided(Pad op, int index) {
            return true;
        }

        @Override
        public void run(Pad op, Tensor[] inputs, Tensor[] outputs) {
            CudaBackend.of(outputs[0]).launch(PAD.get(inputs[0].type())).over(outputs[0].size()).pointer(outputs[0])
                    .pointer(inputs[0]).i64(outputs[0].size()).layout(outputs[0].layout())
                    .layout(inputs[0].layout())
                    .layout(Loops.numbers(inputs[0].shape(), axis -> op.before().get(axis)))
                    .i32(op.mode().ordinal()).f64(op.value()).run();
        }
    }
}
