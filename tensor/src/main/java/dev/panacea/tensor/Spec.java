package dev.panacea.tensor;

/**
 * What is known of a tensor before it exists: shape and element type. An op's shape rule maps specs to specs.
 *
 * @param shape sizes of the axes
 * @param type type of the elements
 */
public record Spec(Shape shape, ElementType type) {
    /** Number of axes. */
    public int rank() {
        return shape.rank();
    }

    /** Size of one axis; negative axes count from the end. */
    public int dim(int axis) {
        return shape.dim(axis);
    }

    /** The same type in another shape. */
    public Spec with(Shape other) {
        return new Spec(other, type);
    }

    /** The same shape with another type. */
    public Spec with(ElementType other) {
        return new Spec(shape, other);
    }

    /** For example {@code F32 [8, 196, 768]}. */
    @Override
    public String toString() {
        return type + " " + shape;
    }
}
