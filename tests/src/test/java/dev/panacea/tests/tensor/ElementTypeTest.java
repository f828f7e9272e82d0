package dev.panacea.tests.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What a number becomes when it is stored as another type. */
class ElementTypeTest {
    private static double stored(ElementType type, double value) {
        try (MemoryScope _ = MemoryScope.open("stored")) {
            return Tensor.full(type, value, 1).at(0);
        }
    }

    @Example
    void sizesAndKinds() {
        assertThat(ElementType.F32.byteSize()).isEqualTo(4);
        assertThat(ElementType.F64.byteSize()).isEqualTo(8);
        assertThat(ElementType.I32.byteSize()).isEqualTo(4);
        assertThat(ElementType.U8.byteSize()).isEqualTo(1);
        assertThat(ElementType.BF16.byteSize()).isEqualTo(2);
        assertThat(ElementType.BF16.isFloat()).isTrue();
        assertThat(ElementType.I32.isFloat()).isFalse();
    }

    @Example
    void integersTruncateAndSaturate() {
        assertThat(stored(ElementType.I32, -2.9)).isEqualTo(-2);
        assertThat(stored(ElementType.I32, 1e20)).isEqualTo(Integer.MAX_VALUE);
        assertThat(stored(ElementType.I32, Double.NaN)).isZero();
        assertThat(stored(ElementType.U8, 255.9)).isEqualTo(255);
        assertThat(stored(ElementType.U8, 300)).isEqualTo(255);
        assertThat(stored(ElementType.U8, -1)).isZero();
        assertThat(stored(ElementType.U8, 200)).as("unsigned").isEqualTo(200);
    }

    @Property
    void floatsRoundOnce(@ForAll double value) {
        assertThat(stored(ElementType.F32, value)).isEqualTo((double) (float) value);
        assertThat(stored(ElementType.F64, value)).isEqualTo(value);
    }

    /** The nearest of the two neighbours that keep the upper 16 bits; at a tie the one whose last bit is 0. */
    @Property(tries = 5000)
    void bf16RoundsToNearestEven(@ForAll int bits) {
        float value = Float.intBitsToFloat(bits);
        float rounded = Float.intBitsToFloat(ElementType.bf16(value) << 16);
        if (Float.isNaN(value)) {
            assertThat(rounded).isNaN();
            return;
        }
        float low = Float.intBitsToFloat(bits & 0xffff0000); // towards zero
        float high = Float.intBitsToFloat((bits & 0xffff0000) + 0x10000); // away from zero, perhaps infinite
        int rest = bits & 0xffff;
        boolean even = (bits & 0x10000) == 0;
        assertThat(rounded).isEqualTo(rest < 0x8000 || rest == 0x8000 && even ? low : high);
        assertThat(stored(ElementType.BF16, value)).isEqualTo(rounded);
    }

    @Example
    void bf16OfSpecialValues() {
        assertThat(ElementType.bf16(1f)).isEqualTo((short) 0x3f80);
        assertThat(ElementType.bf16(-0f)).isEqualTo((short) 0x8000);
        assertThat(ElementType.bf16(Float.POSITIVE_INFINITY)).isEqualTo((short) 0x7f80);
        assertThat(ElementType.bf16(Float.MAX_VALUE)).as("rounds up to infinity").isEqualTo((short) 0x7f80);
        assertThat(stored(ElementType.BF16, Float.intBitsToFloat(0x7f800001))).as("a signalling NaN").isNaN();
        assertThat(stored(ElementType.BF16, 1.00390625)).as("tie to even, down").isEqualTo(1);
        assertThat(stored(ElementType.BF16, 1.01171875)).as("tie to even, up").isEqualTo(1.015625);
    }

    @Example
    void castsBetweenTypes() {
        try (MemoryScope _ = MemoryScope.open("cast")) {
            Tensor x = Tensor.of(Shape.of(4), -1.5f, 0, 2.75f, 300);
            assertThat(x.cast(ElementType.BF16).cast(ElementType.F32).toDoubles()).containsExactly(-1.5, 0, 2.75, 300);
            assertThat(x.cast(ElementType.I32).toDoubles()).containsExactly(-1, 0, 2, 300);
            assertThat(x.cast(ElementType.U8).toDoubles()).containsExactly(0, 0, 2, 255);
            assertThat(x.cast(ElementType.F64).cast(ElementType.F32).toDoubles()).isEqualTo(x.toDoubles());
        }
    }
}
