package dev.panacea.tests.ace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.panacea.ace.crop.Correspondence;
import dev.panacea.ace.crop.CropPair;
import dev.panacea.ace.crop.GridConfig;
import dev.panacea.ace.crop.GridCropper;
import dev.panacea.ace.crop.Region;
import dev.panacea.ace.crop.ResizedCrop;
import dev.panacea.ace.loss.MatchingConfig;
import dev.panacea.ace.loss.MatchingTarget;
import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What holds for every draw of crops. Pixels are followed on pictures that say where each pixel came from. */
class CropProperties {
    @Provide
    Arbitrary<GridConfig> grids() {
        return Arbitraries.integers().between(1, 7).flatMap(half -> Arbitraries.integers()
                .between(4 * half, 6 * half - 2).flatMap(cells -> Arbitraries.integers().between(1, 4)
                        .map(pixels -> new GridConfig(cells * pixels, pixels, 2 * half, false))));
    }

    @Property(tries = 2000)
    void paperOffsetsAreInRangeOfOneParityAndOverlap(@ForAll long seed) {
        CropPair crops = new GridCropper(GridConfig.paper()).draw(RandomSource.of(seed));
        assertThat(crops.second().row()).isBetween(0, 4);
        assertThat(crops.second().column()).isBetween(0, 4);
        assertThat(crops.first().row()).isBetween(0, 18);
        assertThat(crops.first().column()).isBetween(0, 18);
        assertThat((crops.first().row() + crops.second().row()) % 2).isZero();
        assertThat((crops.first().column() + crops.second().column()) % 2).isZero();
        assertThat(crops.overlap().height()).isBetween(10, 14);
        assertThat(crops.overlap().width()).isBetween(10, 14);
    }

    @Example
    void everyOffsetIsDrawn() {
        Set<Region> second = new HashSet<>();
        Set<Integer> firstRows = new HashSet<>();
        Set<Integer> firstColumns = new HashSet<>();
        for (int sample = 0; sample < 2000; sample++) {
            CropPair crops = new GridCropper(GridConfig.paper()).draw(RandomSource.of(1).child(sample));
            second.add(crops.second());
            firstRows.add(crops.first().row());
            firstColumns.add(crops.first().column());
        }
        assertThat(second).hasSize(25);
        assertThat(firstRows).hasSize(19);
        assertThat(firstColumns).hasSize(19);
    }

    @Property(tries = 300)
    void partnersCoverTheSamePixels(@ForAll("grids") GridConfig grid, @ForAll long seed) {
        GridCropper cropper = new GridCropper(grid);
        CropPair crops = cropper.draw(RandomSource.of(seed));
        assertThat(Math.min(crops.overlap().height(), crops.overlap().width()))
                .isGreaterThanOrEqualTo(grid.leastOverlap());
        Pixels pixels = Pixels.of(cropper, grid, crops);
        // C2 token against composed C1 token, and C1 token against decomposed C2 token
        int composed = compare(crops.composition(), pixels.second(1), pixels.first(2));
        int decomposed = compare(crops.decomposition(), pixels.first(1), pixels.secondDecomposed());
        assertThat(composed).isEqualTo(crops.overlapInSecond().size());
        assertThat(decomposed).isEqualTo(crops.overlapInFirst().size()).isEqualTo(4 * composed);
    }

    /** Partners show the same pixels, tokens without a partner share not one with the other view. */
    private static int compare(Correspondence correspondence, List<BitSet> teacher, List<BitSet> student) {
        int pairs = 0;
        for (int token = 0; token < teacher.size(); token++) {
            BitSet shown = teacher.get(token);
            int partner = correspondence.partner(token);
            if (partner >= 0) {
                assertThat(student.get(partner)).isEqualTo(shown);
                pairs++;
            } else {
                assertThat(student).noneMatch(shown::intersects);
            }
        }
        return pairs;
    }

    /** Of the targets themselves: T is 1 just where both tokens show the same pixels. */
    @Property(tries = 40)
    void peaksOfBothTargetsCoverTheSamePixels(@ForAll("grids") GridConfig grid, @ForAll long seed) {
        GridCropper cropper = new GridCropper(grid);
        CropPair crops = cropper.draw(RandomSource.of(seed));
        Pixels pixels = Pixels.of(cropper, grid, crops);
        assertThat(peaks(crops.composition(), pixels.second(1), pixels.first(2)))
                .isEqualTo(crops.overlapInSecond().size());
        assertThat(peaks(crops.decomposition(), pixels.first(1), pixels.secondDecomposed()))
                .isEqualTo(crops.overlapInFirst().size());
    }

    private static int peaks(Correspondence correspondence, List<BitSet> teacher, List<BitSet> student) {
        float[] target = MatchingTarget.of(List.of(correspondence), MatchingConfig.usual(0.9)).toFloats();
        int peaks = 0;
        int wrong = 0;
        for (int i = 0; i < teacher.size(); i++) {
            for (int j = 0; j < student.size(); j++) {
                boolean peak = target[i * student.size() + j] == 1;
                wrong += peak != teacher.get(i).equals(student.get(j)) ? 1 : 0;
                peaks += peak ? 1 : 0;
            }
        }
        assertThat(wrong).as("entries that are 1 and should not be, or the other way round").isZero();
        return peaks;
    }

    @Example
    void transpositionBreaksThePairs() {
        GridConfig wrong = new GridConfig(64, 2, 14, true);
        int exact = 0;
        int pairs = 0;
        for (int sample = 0; sample < 200; sample++) {
            GridCropper cropper = new GridCropper(wrong);
            CropPair crops = cropper.draw(RandomSource.of(3).child(sample));
            Pixels pixels = Pixels.of(cropper, wrong, crops);
            List<BitSet> teacher = pixels.second(1);
            List<BitSet> student = pixels.first(2);
            for (int token = 0; token < teacher.size(); token++) {
                int partner = crops.composition().partner(token);
                if (partner >= 0) {
                    pairs++;
                    exact += student.get(partner).equals(teacher.get(token)) ? 1 : 0;
                }
            }
        }
        assertThat((double) exact / pairs).isBetween(0.05, 0.15);
    }

    @Property(tries = 100)
    void resizedPartsAreOfTheSharesAndRatiosAskedFor(@ForAll long seed) {
        Region part = ResizedCrop.usual().draw(RandomSource.of(seed), 900, 1000);
        assertThat(new Region(0, 0, 900, 1000).intersection(part)).isEqualTo(part);
        assertThat(part.size() / 900e3).isBetween(0.849, 1.0);
        assertThat((double) part.width() / part.height()).isBetween(0.749, 1.335);
    }

    @Example
    void resizingKeepsTheRangeAndTheSize() {
        try (MemoryScope _ = MemoryScope.open("resize")) {
            Tensor picture = RandomSource.of(1).uniform(0, 1, 90, 70).ge(Tensor.scalar(0.5))
                    .cast(ElementType.F32);
            Tensor resized = ResizedCrop.usual().apply(picture, 128, RandomSource.of(2));
            assertThat(resized.shape()).isEqualTo(Shape.of(128, 128));
            assertThat(Arrays.stream(resized.toDoubles()).allMatch(value -> value >= 0 && value <= 1)).isTrue();
            assertThat(ResizedCrop.off().apply(resized, 128, RandomSource.of(2)).toFloats())
                    .isEqualTo(resized.toFloats());
            assertThat(ResizedCrop.usual().draw(RandomSource.of(2), 10, 1000)).as("too narrow for any ratio")
                    .isEqualTo(new Region(0, 493, 10, 13));
        }
    }

    @Example
    void refusals() {
        assertThatThrownBy(() -> new GridConfig(1000, 32, 14, false)).isInstanceOf(ConfigException.class)
                .hasMessage("grid: picture of 1000 pixels, cells of 32 (need a multiple)");
        assertThatThrownBy(() -> new GridConfig(1024, 32, 13, false)).isInstanceOf(ConfigException.class)
                .hasMessage("grid: view of 13 cells, picture of 32 (need an even number, 2 to half the picture's)");
        assertThatThrownBy(() -> new GridConfig(1024, 32, 10, false)).isInstanceOf(ConfigException.class)
                .hasMessageContaining("overlap by fewer than 2");
        assertThatThrownBy(() -> new CropPair(GridConfig.paper(), Region.square(1, 0, 14), Region.square(0, 0, 28)))
                .isInstanceOf(ConfigException.class).hasMessageContaining("both even or both odd");
        GridCropper cropper = new GridCropper(GridConfig.paper());
        CropPair crops = cropper.draw(RandomSource.of(0));
        assertThatThrownBy(() -> cropper.first(Tensor.zeros(64, 64), crops)).isInstanceOf(ShapeException.class)
                .hasMessage("crop: picture is [64, 64] (need [1024, 1024])");
        assertThatThrownBy(() -> new ResizedCrop(true, 0, 1, 1, 1)).isInstanceOf(ConfigException.class);
    }

    /** Rows and columns of the picture as the views' pixels tell them. */
    private record Pixels(GridConfig grid, Tensor[] rows, Tensor[] columns) {
        static Pixels of(GridCropper cropper, GridConfig grid, CropPair crops) {
            int side = grid.imagePixels();
            float[] row = new float[side * side];
            float[] column = new float[side * side];
            for (int i = 0; i < row.length; i++) {
                row[i] = i / side;
                column[i] = i % side;
            }
            Tensor rows = Tensor.of(Shape.of(side, side), row);
            Tensor columns = Tensor.of(Shape.of(side, side), column);
            return new Pixels(grid, new Tensor[] {cropper.first(rows, crops), cropper.second(rows, crops)},
                    new Tensor[] {cropper.first(columns, crops), cropper.second(columns, crops)});
        }

        /** Pixels of the picture under each group of {@code by} × {@code by} tokens of C1. */
        List<BitSet> first(int by) {
            return tokens(0, by * grid.cellPixels(), (row, column, seen) -> seen.set(pixel(row, column)));
        }

        /** Pixels of the picture under each token of C2, each of whose pixels is a mean of 2 × 2. */
        List<BitSet> second(int by) {
            return tokens(1, by * grid.cellPixels(), Pixels.this::four);
        }

        /** Pixels under each quarter of a token of C2; a quarter of an odd number of pixels is cut by picture rows. */
        List<BitSet> secondDecomposed() {
            int cell = grid.cellPixels();
            int side = 2 * grid.viewCells();
            int top = (int) Math.floor(rows[1].at(0, 0));
            int left = (int) Math.floor(columns[1].at(0, 0));
            List<BitSet> all = new ArrayList<>();
            for (int token = 0; token < side * side; token++) {
                all.add(new BitSet());
            }
            for (BitSet token : second(1)) {
                token.stream().forEach(pixel -> {
                    int row = (pixel / grid.imagePixels() - top) / cell;
                    int column = (pixel % grid.imagePixels() - left) / cell;
                    all.get(row * side + column).set(pixel);
                });
            }
            return all;
        }

        private void four(double row, double column, BitSet seen) {
            for (double r : new double[] {row - 0.5, row + 0.5}) {
                for (double c : new double[] {column - 0.5, column + 0.5}) {
                    seen.set(pixel(r, c));
                }
            }
        }

        private int pixel(double row, double column) {
            assertThat(row).isEqualTo(Math.rint(row));
            assertThat(column).isEqualTo(Math.rint(column));
            return (int) row * grid.imagePixels() + (int) column;
        }

        private interface Mark {
            void pixel(double row, double column, BitSet seen);
        }

        private List<BitSet> tokens(int view, int tokenPixels, Mark mark) {
            int side = grid.viewPixels() / tokenPixels;
            List<BitSet> all = new ArrayList<>();
            for (int token = 0; token < side * side; token++) {
                BitSet seen = new BitSet();
                for (int r = 0; r < tokenPixels; r++) {
                    for (int c = 0; c < tokenPixels; c++) {
                        int y = token / side * tokenPixels + r;
                        int x = token % side * tokenPixels + c;
                        mark.pixel(rows[view].at(y, x), columns[view].at(y, x), seen);
                    }
                }
                all.add(seen);
            }
            return all;
        }
    }
}
