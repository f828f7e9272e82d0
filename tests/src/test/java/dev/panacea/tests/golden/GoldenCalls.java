package dev.panacea.tests.golden;

import dev.panacea.tensor.TensorOps;
import dev.panacea.tensor.op.Conv2d;
import java.util.List;

/** How each golden case is said in the fluent ops. */
final class GoldenCalls {
    private GoldenCalls() {}

    static <T extends TensorOps<T>> List<T> call(GoldenCase c, List<T> in) {
        T x = in.getFirst();
        T y = in.size() > 1 ? in.get(1) : null;
        T z = in.size() > 2 ? in.get(2) : null;
        return switch (c.op()) {
            case "add" -> List.of(x.add(y));
            case "mul" -> List.of(x.mul(y));
            case "sum" -> List.of(x.sum(c.flag("keep"), c.wholes("axes")));
            case "softmax" -> List.of(x.softmax(c.whole("axis")));
            case "conv2d" -> List.of(x.conv2d(new Conv2d(c.whole("stride"), c.whole("padding"), c.whole("dilation"),
                    c.whole("groups")), y, z));
            case "maxPool2d" -> List.of(x.maxPool2d(c.whole("kernel"), c.whole("stride"), c.whole("padding")));
            case "avgPool2d" -> List.of(x.avgPool2d(c.whole("kernel"), c.whole("stride"), c.whole("padding")));
            case "adaptiveAvgPool2d" -> List.of(x.adaptiveAvgPool2d(c.wholes("size")[0], c.wholes("size")[1]));
            case "bilinear" -> List.of(x.bilinear(c.wholes("size")[0], c.wholes("size")[1], c.flag("align")));
            case "nearest" -> List.of(x.nearest(c.wholes("size")[0], c.wholes("size")[1]));
            default -> throw new AssertionError(c.name() + ": no call for op " + c.op());
        };
    }
}
