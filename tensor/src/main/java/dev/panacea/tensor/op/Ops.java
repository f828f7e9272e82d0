package dev.panacea.tensor.op;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Shape;
import java.util.List;

/** The list of all ops. */
public final class Ops {
    private static final List<Op> ALL = List.of(
            // elementwise
            new Add(),
            new Sub(),
            new Mul(),
            new Div(),
            new Pow(),
            new PowScalar(2),
            new Maximum(),
            new Minimum(),
            new Affine(1, 0),
            new Neg(),
            new Abs(),
            new Sign(),
            new Exp(),
            new Log(),
            new Sqrt(),
            new Rsqrt(),
            new Clamp(0, 1),
            new Sigmoid(),
            new Tanh(),
            new Relu(),
            new ReluBackward(),
            new Gelu(false),
            new GeluBackward(false),
            new Eq(),
            new Ne(),
            new Lt(),
            new Le(),
            new Gt(),
            new Ge(),
            new Where(),
            new Cast(ElementType.F32),
            // random
            new Uniform(Shape.of(1), 0, 1, RandomSource.of(0)),
            new Normal(Shape.of(1), 0, 1, RandomSource.of(0)),
            new TruncatedNormal(Shape.of(1), 0, 1, -2, 2, RandomSource.of(0)),
            new Dropout(0.5, RandomSource.of(0)),
            new DropPath(0.5, RandomSource.of(0)),
            // losses
            new CrossEntropy(0),
            new CrossEntropyBackward(0),
            new BceWithLogits(),
            new BceWithLogitsBackward(),
            new Mse(),
            // reductions and normalisation
            Sum.over(false),
            Mean.over(false),
            Max.over(false),
            Min.over(false),
            new TieShare(Axes.of()),
            Variance.over(0, false),
            Argmax.over(false),
            new Softmax(-1),
            new SoftmaxBackward(-1),
            new LogSoftmax(-1),
            new LogSoftmaxBackward(-1),
            new LayerNorm(1e-5),
            new LayerNormBackward(),
            new L2Normalize(-1, 1e-12),
            new L2NormalizeBackward(-1, 1e-12),
            new BatchNorm2d(1e-5),
            new BatchNorm2dBackward(1e-5, true),
            // images
            Conv2d.of(1, 0),
            new Conv2dBackwardInput(Conv2d.of(1, 0), Shape.of(1, 1, 1, 1)),
            new Conv2dBackwardWeight(Conv2d.of(1, 0), Shape.of(1, 1, 1, 1)),
            new MaxPool2d(2, 2, 0),
            new MaxPool2dBackward(Shape.of(1, 1, 2, 2)),
            new AvgPool2d(2, 2, 0),
            new AdaptiveAvgPool2d(1, 1),
            new Bilinear(1, 1, false),
            new Bicubic(1, 1, false),
            new Nearest(1, 1),
            new ResamplingBackward(new Nearest(1, 1), Shape.of(1, 1, 1, 1)),
            // products
            new MatMul(),
            new Linear(Linear.After.NOTHING),
            new Einsum("ij,jk->ik"),
            // attention
            new Attention(1),
            new AttentionBackward(1),
            new WindowAttention(1, 0),
            new WindowAttentionBackward(1, 0),
            // views and copies
            Reshape.to(1),
            Permute.of(0),
            new Slice(0, 0, 1, 1),
            Expand.to(1),
            new Copy(),
            Split.into(0, 1),
            Flip.of(0),
            // moving data
            new SliceBackward(new Slice(0, 0, 1, 1), Shape.of(1)),
            new Concat(0),
            new Stack(0),
            Pad.zeros(new int[] {1}, new int[] {1}),
            Roll.by(new int[] {1}, 0),
            new Gather(0),
            new ScatterAdd(0),
            new IndexSelect(0),
            new IndexSelectBackward(0, 1),
            new OneHot(1),
            // optimisers
            new AdamW(1e-3, 0.9, 0.999, 1e-8, 0.01, 1),
            new Sgd(0.1, 0.9, 0, false),
            new Lion(1e-4, 0.9, 0.99, 0.1),
            new Blend(0.996, 0.004),
            new GradientNorm(1, false));

    private Ops() {}

    /** One example of each op, with attributes as they come; {@link Op#samples} has the telling ones. */
    public static List<Op> all() {
        return ALL;
    }
}
