package dev.panacea.tests.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.panacea.ace.data.Picture;
import dev.panacea.ace.data.PictureFacts;
import dev.panacea.ace.data.Resize;
import dev.panacea.ace.drawn.Point;
import dev.panacea.ace.example.Mask;
import dev.panacea.ace.example.Placement;
import dev.panacea.ace.example.ViewConfig;
import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.RandomSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleBiFunction;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What holds for every view: pixels, masks and points go the same way, and come back. */
class ViewProperties {
    private static final int PIXELS = 48;
    private static final ViewConfig WILD = new ViewConfig(PIXELS, 0.4, 1, 4.0 / 3, 0.5, 40, 0.875);

    /** A picture of a function of shares. */
    private static Picture picture(int width, int height, ToDoubleBiFunction<Double, Double> value) {
        float[] values = new float[width * height];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) value.applyAsDouble((i % width + 0.5) / width, (i / width + 0.5) / height);
        }
        return new Picture(width, height, 1, values, new PictureFacts("made", 24, List.of()));
    }

    private static Picture noise(int width, int height, int channels) {
        float[] values = new float[width * height * channels];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) RandomSource.of(width).uniform(i);
        }
        return new Picture(width, height, channels, values, new PictureFacts("made", 24, List.of()));
    }

    private static Placement draw(ViewConfig config, Picture picture, long seed) {
        return config.draw(picture.width(), picture.height(), RandomSource.of(seed));
    }

    @Property(tries = 300)
    void pointsGoWithPixels(@ForAll long seed, @ForAll @IntRange(min = 60, max = 130) int width,
            @ForAll @IntRange(min = 60, max = 130) int height) {
        RandomSource random = RandomSource.of(seed);
        Point at = new Point(0.1 + 0.8 * random.uniform(0), 0.1 + 0.8 * random.uniform(1));
        Picture blob = picture(width, height, (x, y) -> Math.exp(-(Math.pow((x - at.x()) * width, 2)
                + Math.pow((y - at.y()) * height, 2)) / 18));
        Placement placement = draw(WILD, blob, seed);
        float[] view = placement.view(blob, PIXELS).values();
        Optional<Point> seen = placement.view(at, PIXELS);
        int brightest = 0;
        for (int i = 0; i < view.length; i++) {
            brightest = view[i] > view[brightest] ? i : brightest;
        }
        if (seen.isPresent()) {
            assertThat(brightest % PIXELS + 0.5).isCloseTo(seen.get().x(), within(1.0));
            assertThat(brightest / PIXELS + 0.5).isCloseTo(seen.get().y(), within(1.0));
        } else { // its middle is not there, at most its edge
            int x = brightest % PIXELS;
            int y = brightest / PIXELS;
            assertThat(view[brightest] < 0.3 || x == 0 || y == 0 || x == PIXELS - 1 || y == PIXELS - 1).isTrue();
        }
    }

    @Property(tries = 200)
    void masksGoWithPixels(@ForAll long seed, @ForAll @IntRange(min = 60, max = 130) int width,
            @ForAll @IntRange(min = 60, max = 130) int height) {
        ToDoubleBiFunction<Double, Double> disc = (x, y) -> Math.hypot(x - 0.45, y - 0.55) < 0.25 ? 1 : 0;
        Picture picture = picture(width, height, disc);
        Picture larger = picture(width * 3 / 2, height * 3 / 2, disc);
        boolean[] inside = new boolean[larger.values().length];
        for (int i = 0; i < inside.length; i++) {
            inside[i] = larger.values()[i] == 1;
        }
        Placement placement = draw(WILD, picture, seed);
        float[] view = placement.view(picture, PIXELS).values();
        byte[] mask = placement.view(Mask.of(larger.width(), larger.height(), inside), PIXELS);
        double both = 0;
        double either = 0;
        for (int i = 0; i < mask.length; i++) {
            both += view[i] > 0.5 && mask[i] == Mask.INSIDE ? 1 : 0;
            either += view[i] > 0.5 || mask[i] == Mask.INSIDE ? 1 : 0;
        }
        assertThat(either).isGreaterThan(100);
        assertThat(both / either).isGreaterThan(0.9);
    }

    /** Interpolation and smoothing keep what rises evenly, away from the edges. */
    @Property(tries = 200)
    void slopesStaySlopes(@ForAll long seed, @ForAll @IntRange(min = 30, max = 200) int width,
            @ForAll @IntRange(min = 30, max = 200) int height) {
        Picture slope = picture(width, height, (x, y) -> 0.2 + 0.3 * x + 0.4 * y);
        Placement placement = draw(WILD, slope, seed);
        float[] view = placement.view(slope, PIXELS).values();
        double pixel = 1.0 / Math.min(PIXELS, Math.min(width, height));
        double edge = 2 * pixel;
        for (int i = 0; i < view.length; i++) {
            Point from = placement.share(new Point(i % PIXELS + 0.5, i / PIXELS + 0.5), PIXELS);
            if (from.x() > edge && from.x() < 1 - edge && from.y() > edge && from.y() < 1 - edge) {
                assertThat((double) view[i]).isCloseTo(0.2 + 0.3 * from.x() + 0.4 * from.y(),
                        within(0.1 * pixel * 0.7));
            } else if (from.x() < 0 || from.y() < 0 || from.x() > 1 || from.y() > 1) {
                assertThat(view[i]).isZero();
            }
        }
    }

    @Property(tries = 300)
    void placesComeBack(@ForAll long seed, @ForAll @IntRange(min = 1, max = 300) int width,
            @ForAll @IntRange(min = 1, max = 300) int height) {
        Placement placement = WILD.draw(width, height, RandomSource.of(seed));
        for (int i = 0; i < 10; i++) {
            Point seen = new Point(224 * RandomSource.of(seed).uniform(2 * i), 224 * RandomSource.of(seed)
                    .uniform(2 * i + 1));
            Point back = placement.view(placement.share(seen, 224), 224).orElse(seen);
            assertThat(back.x()).isCloseTo(seen.x(), within(1e-9));
            assertThat(back.y()).isCloseTo(seen.y(), within(1e-9));
        }
        assertThat(placement.view(placement.share(new Point(112, 112), 224), 224)).isPresent();
        assertThat(placement.view(placement.share(new Point(-0.01, 112), 224), 224)).isEmpty();
        assertThat(placement.view(placement.share(new Point(112, 224.01), 224), 224)).isEmpty();
    }

    @Property(tries = 100)
    void mapsComeBack(@ForAll long seed, @ForAll @IntRange(min = 20, max = 90) int width,
            @ForAll @IntRange(min = 20, max = 90) int height) {
        Placement placement = WILD.draw(width, height, RandomSource.of(seed));
        float[] map = picture(PIXELS, PIXELS, (u, v) -> 1 + u + 2 * v).values();
        float[] back = placement.back(map, PIXELS, width, height);
        for (int i = 0; i < back.length; i++) {
            Optional<Point> seen = placement.view(new Point((i % width + 0.5) / width, (i / width + 0.5) / height), 1);
            if (seen.isEmpty()) {
                assertThat(back[i]).isZero();
            } else { // at the edges the first pixel counts up to the border
                assertThat((double) back[i]).isCloseTo(1 + seen.get().x() + 2 * seen.get().y(),
                        within(1.5 / PIXELS + 1e-5));
            }
        }
    }

    @Property(tries = 60)
    void theWholeIsThePictureResized(@ForAll @IntRange(min = 1, max = 150) int width,
            @ForAll @IntRange(min = 1, max = 150) int height, @ForAll @IntRange(min = 1, max = 64) int pixels) {
        int channels = width % 2 == 0 ? 1 : 3;
        Picture picture = noise(width, height, channels);
        float[] resized = new Resize(pixels, pixels, Resize.Filter.BILINEAR).apply(picture).values();
        ViewConfig config = ViewConfig.usual(pixels);
        float[] view = config.whole().view(picture, pixels).values();
        assertThat(view).isEqualTo(resized).isNotSameAs(picture.values());
        assertThat(new ViewConfig(pixels, 1, 1, 1, 0, 0, 1).draw(width, height, RandomSource.of(1)))
                .isEqualTo(config.whole());
        float[] mirrored = new ViewConfig(pixels, 1, 1, 1, 1, 0, 1).draw(width, height, RandomSource.of(1))
                .view(picture, pixels).values();
        for (int i = 0; i < mirrored.length; i++) {
            int row = i / channels / pixels;
            int column = pixels - 1 - i / channels % pixels;
            assertThat(mirrored[i]).isCloseTo(view[(row * pixels + column) * channels + i % channels], within(1e-5f));
        }
    }

    @Example
    void drawsAreEvenAndWithinTheirRanges() {
        ViewConfig config = ViewConfig.usual(224);
        int mirrored = 0;
        double[] angles = new double[4000];
        double[] areas = new double[angles.length];
        for (int i = 0; i < angles.length; i++) {
            Placement p = config.draw(300, 200, RandomSource.of(5).child(i));
            mirrored += p.mirrored() ? 1 : 0;
            angles[i] = Math.toDegrees(Math.atan2(-p.xv() * 300, p.yv() * 200));
            areas[i] = Math.abs(p.xu() * p.yv() - p.xv() * p.yu());
            double ratio = Math.hypot(p.xu() * 300, p.yu() * 200) / Math.hypot(p.xv() * 300, p.yv() * 200);
            assertThat(ratio).isBetween(0.74, 1.35);
        }
        assertThat(mirrored).isBetween(1880, 2120);
        Arrays.sort(angles);
        Arrays.sort(areas);
        for (int i = 0; i < angles.length; i += 100) {
            assertThat(angles[i]).isCloseTo(14.0 * i / angles.length - 7, within(0.5));
        }
        assertThat(areas[0]).isBetween(0.59, 0.62);
        assertThat(areas[areas.length - 1]).isLessThanOrEqualTo(1);
        assertThat(config.draw(300, 200, RandomSource.of(5))).isEqualTo(config.draw(300, 200, RandomSource.of(5)))
                .isNotEqualTo(config.draw(300, 200, RandomSource.of(6)));
    }

    @Example
    void tenPartsAreFourCornersAndTheMiddleAndTheirMirrors() {
        List<Placement> ten = ViewConfig.usual(224).ten();
        assertThat(ten).hasSize(10);
        double[][] first = {{0, 0}, {0.125, 0}, {0, 0.125}, {0.125, 0.125}, {0.0625, 0.0625}};
        for (int i = 0; i < 5; i++) {
            Point left = ten.get(i).share(new Point(0, 0), 224);
            Point right = ten.get(i + 5).share(new Point(224, 0), 224);
            assertThat(left.x()).isCloseTo(first[i][0], within(1e-12)).isCloseTo(right.x(), within(1e-12));
            assertThat(left.y()).isCloseTo(first[i][1], within(1e-12)).isCloseTo(right.y(), within(1e-12));
            Point end = ten.get(i).share(new Point(224, 224), 224);
            assertThat(end.x() - left.x()).isCloseTo(0.875, within(1e-12));
            assertThat(end.y() - left.y()).isCloseTo(0.875, within(1e-12));
            assertThat(ten.get(i).mirrored()).isFalse();
            assertThat(ten.get(i + 5).mirrored()).isTrue();
        }
        assertThat(ViewConfig.usual(224).whole().mirrored()).isFalse();
    }

    @Example
    void whatIsOutsideIsBlackAndOutside() {
        Picture white = picture(50, 50, (x, y) -> 1.0);
        Mask unknown = new Mask(1, 1, new byte[] {Mask.UNKNOWN});
        Placement turned = new Placement(0.7, -0.7, 0.5, 0.7, 0.7, -0.2); // by 45 degrees
        float[] view = turned.view(white, 20).values();
        byte[] mask = turned.view(unknown, 20);
        assertThat(view[19 * 20]).isZero();
        assertThat(view[10 * 20 + 10]).isCloseTo(1, within(1e-6f));
        for (int i = 0; i < mask.length; i++) {
            assertThat(mask[i]).isEqualTo(view[i] == 0 ? Mask.OUTSIDE : Mask.UNKNOWN);
        }
    }

    @Example
    void numbersAreChecked() {
        assertThatThrownBy(() -> new ViewConfig(224, 0, 1, 1, 0, 0, 1)).isInstanceOf(ConfigException.class)
                .hasMessage("views: 224 pixels, scale 0.0..1.0 (need 1..4096 pixels, 0 < scale <= 1, from small to"
                        + " large)");
        for (double[] bad : new double[][] {{0.9, 0, 0, 1}, {1, 1.1, 0, 1}, {1, 0, -1, 1}, {1, 0, 0, 0},
            {Double.NaN, 0, 0, 1}}) {
            assertThatThrownBy(() -> new ViewConfig(224, 0.5, 1, bad[0], bad[1], bad[2], bad[3]))
                    .isInstanceOf(ConfigException.class).hasMessageStartingWith("views: aspect ");
        }
    }
}
