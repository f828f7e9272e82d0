package dev.panacea.nn.weight;

import dev.panacea.nn.model.PositionEmbedding;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What makes a tensor of a file fit a parameter of another shape. */
enum Reshaping {
    /** The shapes are the same. */
    NONE,
    /** Positions [1, 1 + g², C] of another grid. */
    POSITIONS,
    /** A table [(2·window − 1)², heads] of another window. */
    BIAS_TABLE,
    /** A patch embedding [C, colours, patch, patch] for several colours, where the model has one. */
    COLOURS_TO_ONE,
    /** A patch embedding for one colour, where the model has several. */
    ONE_TO_COLOURS;

    /** The one that fits, if any does. */
    static Optional<Reshaping> between(String path, List<Long> from, Shape to) {
        List<Long> into = Arrays.stream(to.dims()).asLongStream().boxed().toList();
        if (from.equals(into)) {
            return Optional.of(NONE);
        }
        if (from.size() != into.size()) {
            return Optional.empty();
        }
        if (path.equals("pos_embed") && from.get(0) == 1 && same(from, into, 2) && isSquare(from.get(1) - 1)
                && isSquare(into.get(1) - 1)) {
            return Optional.of(POSITIONS);
        }
        if (path.endsWith(".relative_position_bias_table") && same(from, into, 1) && isSquare(from.get(0))
                && isSquare(into.get(0))) {
            return Optional.of(BIAS_TABLE);
        }
        if (path.equals("patch_embed.proj.weight") && same(from, into, 0) && same(from, into, 2)
                && same(from, into, 3)) {
            return into.get(1) == 1 && from.get(1) > 1 ? Optional.of(COLOURS_TO_ONE)
                    : from.get(1) == 1 ? Optional.of(ONE_TO_COLOURS) : Optional.empty();
        }
        return Optional.empty();
    }

    private static boolean same(List<Long> from, List<Long> into, int axis) {
        return from.get(axis).equals(into.get(axis));
    }

    private static boolean isSquare(long count) {
        return count > 0 && side(count) * side(count) == count;
    }

    private static long side(long count) {
        return Math.round(Math.sqrt(count));
    }

    /** The tensor in the shape of the parameter. */
    Tensor apply(Tensor x, Shape to) {
        return switch (this) {
            case NONE -> x;
            case POSITIONS -> {
                int side = (int) side(to.dim(1) - 1L);
                yield PositionEmbedding.resized(x, side, side);
            }
            case BIAS_TABLE -> { // each head's table is a picture, resized as Swin's own code does
                int from = (int) side(x.dim(0));
                int side = (int) side(to.dim(0));
                yield x.transpose(0, 1).reshape(1, to.dim(1), from, from).bicubic(side, side, false)
                        .reshape(to.dim(1), side * side).transpose(0, 1);
            }
            case COLOURS_TO_ONE -> x.sum(true, 1); // of a grey picture whose colours are all alike: the same result
            case ONE_TO_COLOURS -> x.affine(1.0 / to.dim(1), 0).expand(to.dims());
        };
    }

    /** What is done, for reports. */
    String done() {
        return switch (this) {
            case NONE -> "";
            case POSITIONS, BIAS_TABLE -> "interpolated";
            case COLOURS_TO_ONE -> "summed over the colours";
            case ONE_TO_COLOURS -> "spread over the colours";
        };
    }
}
