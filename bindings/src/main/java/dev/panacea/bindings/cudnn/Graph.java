package dev.panacea.bindings.cudnn;

import dev.panacea.bindings.raw.Cudnn;
import dev.panacea.tensor.ElementType;
import java.util.ArrayList;
import java.util.List;

/**
 * Operations on tensors, described to cuDNN in the order in which they are computed, all with sums of F32. A tensor is
 * either in memory, known by an id by which {@link Plan#run} is told where, or a value between two operations, which no
 * memory holds. Closing destroys all that was described.
 */
public final class Graph implements AutoCloseable {
    private static final int ALIGNMENT = 16;
    private static final long FIRST_BETWEEN = 1000; // ids of what no memory holds

    private final List<Descriptor> made = new ArrayList<>();
    private final List<Descriptor> operations = new ArrayList<>();
    private long between = FIRST_BETWEEN;

    Graph() {}

    /** How many operations there are. */
    public int size() {
        return operations.size();
    }

    /** A tensor in memory, aligned to 16 bytes. */
    GraphTensor tensor(long id, ElementType type, long[] dims, long[] strides) {
        return tensor(id, new GraphTensor(type, dims, strides, make(Descriptor.Kind.TENSOR)), false, false);
    }

    /** A tensor in memory whose rows have no gaps. */
    GraphTensor tensor(long id, ElementType type, long... dims) {
        return tensor(id, type, dims, GraphTensor.dense(dims));
    }

    /** One F32 number, which is read from host memory when the graph is given to the device. */
    GraphTensor number(long id) {
        long[] ones = {1, 1, 1, 1};
        return tensor(id, new GraphTensor(ElementType.F32, ones, ones, make(Descriptor.Kind.TENSOR)), false, true);
    }

    /** A value between operations, its rows without gaps. */
    private GraphTensor value(ElementType type, long... dims) {
        return value(type, dims, GraphTensor.dense(dims));
    }

    private GraphTensor value(ElementType type, long[] dims, long[] strides) {
        return tensor(between++, new GraphTensor(type, dims, strides, make(Descriptor.Kind.TENSOR)), true, false);
    }

    private static GraphTensor tensor(long id, GraphTensor tensor, boolean between, boolean number) {
        tensor.descriptor()
                .choice(Cudnn.CUDNN_ATTR_TENSOR_DATA_TYPE(), Cudnn.CUDNN_TYPE_DATA_TYPE(), type(tensor.type()))
                .numbers(Cudnn.CUDNN_ATTR_TENSOR_DIMENSIONS(), tensor.dims())
                .numbers(Cudnn.CUDNN_ATTR_TENSOR_STRIDES(), tensor.strides())
                .numbers(Cudnn.CUDNN_ATTR_TENSOR_UNIQUE_ID(), id)
                .numbers(Cudnn.CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT(), ALIGNMENT)
                .flag(Cudnn.CUDNN_ATTR_TENSOR_IS_VIRTUAL(), between)
                .flag(Cudnn.CUDNN_ATTR_TENSOR_IS_BY_VALUE(), number).finish();
        return tensor;
    }

    /** The product of two stacks of matrices, F32. */
    GraphTensor matmul(GraphTensor a, GraphTensor b) {
        long[] dims = a.dims().clone();
        dims[3] = b.dims()[3];
        GraphTensor c = value(ElementType.F32, dims);
        matmul(a, b, c);
        return c;
    }

    /** The same, written to c. */
    void matmul(GraphTensor a, GraphTensor b, GraphTensor c) {
        Descriptor matmul = make(Descriptor.Kind.MATMUL)
                .choice(Cudnn.CUDNN_ATTR_MATMUL_COMP_TYPE(), Cudnn.CUDNN_TYPE_DATA_TYPE(), Cudnn.CUDNN_DATA_FLOAT())
                .finish();
        operations.add(make(Descriptor.Kind.MATMUL_OPERATION)
                .parts(Cudnn.CUDNN_ATTR_OPERATION_MATMUL_ADESC(), a.descriptor())
                .parts(Cudnn.CUDNN_ATTR_OPERATION_MATMUL_BDESC(), b.descriptor())
                .parts(Cudnn.CUDNN_ATTR_OPERATION_MATMUL_CDESC(), c.descriptor())
                .parts(Cudnn.CUDNN_ATTR_OPERATION_MATMUL_DESC(), matmul).finish());
    }

    /** A function of each element of a and, where there is one, the b that belongs to it; F32. */
    GraphTensor each(Each function, GraphTensor a, GraphTensor b) {
        GraphTensor y = value(ElementType.F32, a.dims());
        each(function, a, b, y);
        return y;
    }

    /** The same, of {@code y}'s type. */
    GraphTensor each(Each function, GraphTensor a, GraphTensor b, ElementType type) {
        GraphTensor y = value(type, a.dims());
        each(function, a, b, y);
        return y;
    }

    /** The same, written to y. */
    void each(Each function, GraphTensor a, GraphTensor b, GraphTensor y) {
        Descriptor mode = make(Descriptor.Kind.POINTWISE)
                .choice(Cudnn.CUDNN_ATTR_POINTWISE_MODE(), Cudnn.CUDNN_TYPE_POINTWISE_MODE(), function.number)
                .choice(Cudnn.CUDNN_ATTR_POINTWISE_MATH_PREC(), Cudnn.CUDNN_TYPE_DATA_TYPE(),
                        Cudnn.CUDNN_DATA_FLOAT()).finish();
        Descriptor operation = make(Descriptor.Kind.POINTWISE_OPERATION)
                .parts(Cudnn.CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR(), mode)
                .parts(Cudnn.CUDNN_ATTR_OPERATION_POINTWISE_XDESC(), a.descriptor());
        if (b != null) {
            operation.parts(Cudnn.CUDNN_ATTR_OPERATION_POINTWISE_BDESC(), b.descriptor());
        }
        operations.add(operation.parts(Cudnn.CUDNN_ATTR_OPERATION_POINTWISE_YDESC(), y.descriptor()).finish());
    }

    /** The sum or the largest along the last axis, which stays with size 1; F32. */
    GraphTensor reduce(Reduce way, GraphTensor x) {
        long[] dims = x.dims().clone();
        dims[3] = 1;
        GraphTensor y = value(ElementType.F32, dims);
        reduce(way, x, y);
        return y;
    }

    /** The same along all axes of which y has size 1. */
    void reduce(Reduce way, GraphTensor x, GraphTensor y) {
        Descriptor reduction = make(Descriptor.Kind.REDUCTION)
                .choice(Cudnn.CUDNN_ATTR_REDUCTION_COMP_TYPE(), Cudnn.CUDNN_TYPE_DATA_TYPE(),
                        Cudnn.CUDNN_DATA_FLOAT())
                .choice(Cudnn.CUDNN_ATTR_REDUCTION_OPERATOR(), Cudnn.CUDNN_TYPE_REDUCTION_OPERATOR_TYPE(), way.number)
                .finish();
        operations.add(make(Descriptor.Kind.REDUCTION_OPERATION)
                .parts(Cudnn.CUDNN_ATTR_OPERATION_REDUCTION_DESC(), reduction)
                .parts(Cudnn.CUDNN_ATTR_OPERATION_REDUCTION_XDESC(), x.descriptor())
                .parts(Cudnn.CUDNN_ATTR_OPERATION_REDUCTION_YDESC(), y.descriptor()).finish());
    }

    /** The matrices with rows and columns exchanged, rounded to BF16: the elements stay where they are. */
    GraphTensor turn(GraphTensor x) {
        GraphTensor y = value(ElementType.BF16, GraphTensor.turned(x.dims()), GraphTensor.turned(x.strides()));
        operations.add(make(Descriptor.Kind.RESHAPE_OPERATION)
                .parts(Cudnn.CUDNN_ATTR_OPERATION_RESHAPE_XDESC(), x.descriptor())
                .parts(Cudnn.CUDNN_ATTR_OPERATION_RESHAPE_YDESC(), y.descriptor()).finish());
        return y;
    }

    /**
     * Ends the description.
     *
     * @param handle the card that it is for, or null for none
     * @throws Refusal if cuDNN takes no such graph
     */
    Descriptor finish(Handle handle) {
        Descriptor graph = make(Descriptor.Kind.GRAPH)
                .parts(Cudnn.CUDNN_ATTR_OPERATIONGRAPH_OPS(), operations.toArray(Descriptor[]::new));
        if (handle != null) {
            graph.pointers(Cudnn.CUDNN_ATTR_OPERATIONGRAPH_HANDLE(), Cudnn.CUDNN_TYPE_HANDLE(),
                    handle.address().address());
        }
        return graph.finish();
    }

    /** A descriptor that is destroyed with the graph. */
    Descriptor make(Descriptor.Kind kind) {
        Descriptor descriptor = new Descriptor(kind);
        made.add(descriptor);
        return descriptor;
    }

    /** Takes over a descriptor that the graph's plan needs. */
    void keep(Descriptor descriptor) {
        made.add(descriptor);
    }

    private static int type(ElementType type) {
        return type == ElementType.BF16 ? Cudnn.CUDNN_DATA_BFLOAT16() : Cudnn.CUDNN_DATA_FLOAT();
    }

    @Override
    public void close() {
        made.reversed().forEach(Descriptor::close);
        made.clear();
        operations.clear();
    }

    /** Functions of each element. */
    enum Each {
        ADD(Cudnn.CUDNN_POINTWISE_ADD()),
        SUB(Cudnn.CUDNN_POINTWISE_SUB()),
        MUL(Cudnn.CUDNN_POINTWISE_MUL()),
        DIV(Cudnn.CUDNN_POINTWISE_DIV()),
        EXP(Cudnn.CUDNN_POINTWISE_EXP()),
        LOG(Cudnn.CUDNN_POINTWISE_LOG());

        private final int number;

        Each(int number) {
            this.number = number;
        }
    }

    /** Ways to make one of many. */
    enum Reduce {
        SUM(Cudnn.CUDNN_REDUCE_TENSOR_ADD()),
        LARGEST(Cudnn.CUDNN_REDUCE_TENSOR_MAX());

        private final int number;

        Reduce(int number) {
            this.number = number;
        }
    }
}
