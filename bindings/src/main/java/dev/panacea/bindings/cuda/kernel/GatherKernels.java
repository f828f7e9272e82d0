package dev.panacea.bindings.cuda.kernel;

import dev.panacea.bindings.cuda.CudaBackend;
import dev.panacea.bindings.cuda.KernelFunction;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Layout;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Gather;
import dev.panacea.tensor.op.IndexSelect;
import dev.panacea.tensor.op.IndexSelectBackward;
import dev.panacea.tensor.op.OneHot;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.ScatterAdd;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Ops that follow an index. Nobody looks at the index before the card does: where it is out of range, floats become NaN
 * and nothing else is touched.
 */
final class GatherKernels {
    private static final Map<ElementType, KernelFunction> SELECT = new EnumMap<>(ElementType.class);
    private static final Map<ElementType, KernelFunction> GATHER = new EnumMap<>(ElementType.class);
    private static final KernelFunction ONE_HOT = Texts.of("gather.cu").with("T", "float").function("one_hot");
    private static final KernelFunction SELECT_BACKWARD = sums("index_select_backward");
    private static final KernelFunction SCATTER_ADD = sums("scatter_add");

    static {
        for (ElementType type : ElementType.values()) {
            SELECT.put(type, Texts.of("gather.cu").with("T", Texts.word(type)).function("index_select"));
            GATHER.put(type, Texts.of("gather.cu").with("T", Texts.word(type)).function("gather"));
        }
    }

    private GatherKernels() {}

    private static KernelFunction sums(String name) {
        return Texts.of("gather.cu").with("T", "float").with("SUMS", "").function(name);
    }

    static void register(BiConsumer<Class<? extends Op>, Kernel<?>> put) {
        put.accept(IndexSelect.class, new IndexSelectKernel());
        put.accept(Gather.class, new GatherKernel());
        Kernel<OneHot> oneHot = GatherKernels::oneHot;
        put.accept(OneHot.class, oneHot);
        Kernel<IndexSelectBackward> backward = GatherKernels::selectBackward;
        put.accept(IndexSelectBackward.class, backward);
        put.accept(ScatterAdd.class, new ScatterAddKernel());
    }

    private static final class IndexSelectKernel implements Kernel<IndexSelect> {
        @Override
        public boolean accepts(IndexSelect op, Tensor[] inputs) {
            return true;
        }

        @Override
        public void run(IndexSelect op, Tensor[] inputs, Tensor[] outputs) {
            Shape shape = inputs[0].shape();
            int axis = shape.axis(op.name(), op.axis());
            CudaBackend.of(outputs[0]).launch(SELECT.get(inputs[0].type())).over(outputs[0].size())
                    .pointer(outputs[0]).pointer(inputs[0]).pointer(inputs[1]).i64(outputs[0].size())
                    .i32(shape.dim(axis)).i32(inputs[1].dim(0))
                    .i32(Math.toIntExact(shape.product(axis + 1, shape.rank()))).run();
        }
    }

    private static final class GatherKernel implements Kernel<Gather> {
        @Override
        public boolean accepts(Gather op, Tensor[] inputs) {
            return Loops.fit(inputs);
        }

        @Override
        public boolean strided(Gather op, int index) {
            return true;
        }

        @Override
        public void run(Gather op, Tensor[] inputs, Tensor[] outputs) {
            Shape shape = outputs[0].shape();
            int axis = shape.axis(op.name(), op.axis());
            long[] strides = inputs[0].layout().strides().clone();
            strides[axis] = 0;
            CudaBackend.of(outputs[0]).launch(GATHER.get(inputs[0].type())).over(outputs[0].size())
                    .pointer(outputs[0]).pointer(inputs[0]).pointer(inputs[1]).i64(outputs[0].size())
                    .layout(inputs[1].layout()).layout(new Layout(shape, strides, 0)).i32(inputs[0].dim(axis))
                    .i64(inputs[0].layout().strides()[axis]).run();
        }
    }

    private static void oneHot(OneHot op, Tensor[] inputs, Tensor[] outputs) {
        CudaBackend.of(outputs[0]).launch(ONE_HOT).over(outputs[0].size()).pointer(outputs[0]).pointer(inputs[0])
                .i64(outputs[0].size()).i32(op.classes()).run();
    }

    private static void selectBackward(IndexSelectBackward op, Tensor[] inputs, Tensor[] outputs) {
        Shape shape = outputs[0].shape();
        int axis = shape.axis(op.name(), op.axis());
        CudaBackend.of(outputs[0]).launch(SELECT_BACKWARD).over(outputs[0].size()).pointer(outputs[0])
                .pointer(inputs[0]).pointer(inputs[1]).i64(outputs[0].size()).i32(op.size())
                .i32(inputs[1].dim(0)).i32(Math.toIntExact(shape.product(axis + 1, shape.rank()))).run();
    }

    private static final class ScatterAddKernel implements Kernel<ScatterAdd> {
        @Override
        public boolean accepts(ScatterAdd op, Tensor[] inputs) {
            return Kernel.super.accepts(op, inputs) && Loops.fit(inputs);
        }

        @Override
        public void run(ScatterAdd op, Tensor[] inputs, Tensor[] outputs) {
            int axis = inputs[0].shape().axis(op.name(), op.axis());
            CudaBackend.of(outputs[0]).launch(SCATTER_ADD).over(outputs[0].size()).pointer(outputs[0])
                    .pointer(inputs[0]).pointer(inputs[1]).pointer(inputs[2]).i64(outputs[0].size())
                    .layout(outputs[0].layout()).layout(inputs[1].layout()).i32(axis).run();
        }
    }
}
