package dev.panacea.tests.study;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.ace.crop.Region;
import dev.panacea.ace.data.Picture;
import dev.panacea.ace.study.Patches;
import dev.panacea.tensor.RandomSource;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

/** Parts of pictures. */
class PatchesProperties {
    private static Picture ramp(int pixels) {
        float[] values = new float[pixels * pixels];
        for (int i = 0; i < values.length; i++) {
            values[i] = i + 1;
        }
        return Known.picture(pixels, values);
    }

    @Property(tries = 300)
    void squaresLieInsideAndAreAsLargeAsAsked(@ForAll long seed, @ForAll @IntRange(min = 8, max = 300) int pixels,
            @ForAll @DoubleRange(min = 0.05, max = 0.5) double least,
            @ForAll @DoubleRange(min = 0, max = 0.5) double more) {
        Region square = Patches.square(RandomSource.of(seed), pixels, least, least + more);
        assertThat(square.height()).isEqualTo(square.width())
                .isBetween((int) Math.floor(least * pixels), (int) Math.ceil((least + more) * pixels));
        assertThat(square.intersection(new Region(0, 0, pixels, pixels))).isEqualTo(square);
    }

    @Property(tries = 200)
    void cutsAreThePixelsAndBlackBeyond(@ForAll @IntRange(min = 1, max = 12) int pixels,
            @ForAll @IntRange(min = -15, max = 15) int row, @ForAll @IntRange(min = -15, max = 15) int column,
            @ForAll @IntRange(min = 1, max = 14) int height, @ForAll @IntRange(min = 1, max = 14) int width) {
        Picture picture = ramp(pixels);
        Picture cut = Patches.cut(picture, new Region(row, column, height, width));
        assertThat(cut.height()).isEqualTo(height);
        assertThat(cut.width()).isEqualTo(width);
        Picture excised = Patches.excised(picture, new Region(row, column, height, width));
        for (int r = Math.min(0, row); r < Math.max(pixels, row + height); r++) {
            for (int c = Math.min(0, column); c < Math.max(pixels, column + width); c++) {
                boolean inside = r >= 0 && r < pixels && c >= 0 && c < pixels;
                boolean taken = r >= row && r < row + height && c >= column && c < column + width;
                if (taken) {
                    assertThat(cut.value(r - row, c - column, 0)).isEqualTo(inside ? r * pixels + c + 1 : 0);
                }
                if (inside) {
                    assertThat(excised.value(r, c, 0)).isEqualTo(taken ? 0 : r * pixels + c + 1);
                }
            }
        }
    }
}
