package dev.panacea.tests.ace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.panacea.ace.augment.Augment;
import dev.panacea.ace.augment.BrightnessContrast;
import dev.panacea.ace.augment.Clahe;
import dev.panacea.ace.augment.GaussianBlur;
import dev.panacea.ace.augment.Plane;
import dev.panacea.ace.augment.Sharpen;
import dev.panacea.ace.augment.Transform;
import dev.panacea.ace.crop.ResizedCrop;
import dev.panacea.ace.data.Picture;
import dev.panacea.ace.train.PretrainConfig;
import dev.panacea.ace.train.Recipe;
import dev.panacea.ace.train.Views;
import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.io.Safetensors;
import dev.panacea.tensor.io.SafetensorsFile;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Changes of grey values: what PyTorch makes of them (tests/golden/ace.py), and what holds of each. */
class AugmentProperties {
    @Example
    void asPyTorchComputesThem() throws URISyntaxException {
        try (SafetensorsFile file = Safetensors.open(
                Path.of(AugmentProperties.class.getResource("/golden/ace.safetensors").toURI()))) {
            List<String> cases = file.names().stream().filter(name -> name.startsWith("grey/") && !name.endsWith("in"))
                    .toList();
            assertThat(cases).hasSize(9);
            for (String name : cases) {
                Plane plane = Plane.of(file.load("grey/in"));
                String[] words = name.substring("grey/".length()).split("_");
                double strength = Double.parseDouble(words[1]);
                Plane changed = switch (words[0]) {
                    case "blur" -> GaussianBlur.blurred(plane, strength);
                    case "sharpen" -> Sharpen.sharpened(plane, strength, Double.parseDouble(words[2]));
                    default -> Clahe.equalised(plane, strength, Integer.parseInt(words[2]));
                };
                assertThat(changed.values()).as(name).containsExactly(file.load(name).toFloats(), within(3e-6f));
            }
        }
    }

    @Property(tries = 60)
    void valuesStayInRangeAndPixelsInPlace(@ForAll long seed) {
        RandomSource random = RandomSource.of(seed);
        for (Transform transform : List.of(new BrightnessContrast(1, 0.2, 0.2), new GaussianBlur(1, 0.1, 2),
                new Sharpen(1, 0.2, 0.5, 0.5, 1), new Clahe(1, 1, 4, 8))) {
            Plane plane = noise(seed, 32, 48);
            Plane changed = transform.apply(plane.with(plane.values().clone()), random);
            for (float value : changed.values()) {
                assertThat(value).isBetween(0f, 1f);
            }
            Plane turned = transform.apply(turned(plane), random);
            assertThat(turned(turned).values()).as("%s of the picture turned by 180°", transform)
                    .containsExactly(changed.values(), within(2e-6f));
        }
    }

    private static Plane noise(long seed, int height, int width) {
        RandomSource random = RandomSource.of(seed);
        float[] values = new float[height * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.uniform(i);
        }
        return new Plane(height, width, values);
    }

    private static Plane turned(Plane plane) {
        float[] values = new float[plane.values().length];
        for (int i = 0; i < values.length; i++) {
            values[i] = plane.values()[values.length - 1 - i];
        }
        return plane.with(values);
    }

    @Example
    void aGreyPictureHasOneValueForEachPixel() {
        assertThatThrownBy(() -> new Plane(4, 3, new float[36])).isInstanceOf(ShapeException.class)
                .hasMessage("augment: 36 values for a grey picture of 4 x 3 (need their product)");
    }

    @Example
    void equalisationIsMonotoneAndRaisesContrast() {
        float[] ramp = new float[64 * 64];
        for (int i = 0; i < ramp.length; i++) {
            ramp[i] = 0.4f + 0.2f * i / ramp.length;
        }
        float[] one = Clahe.equalised(new Plane(64, 64, ramp), 100, 1).values();
        for (int i = 1; i < one.length; i++) {
            assertThat(one[i]).isGreaterThanOrEqualTo(one[i - 1]);
        }
        assertThat(one[one.length - 1] - one[0]).isGreaterThan(0.95f);
        float[] limited = Clahe.equalised(new Plane(64, 64, ramp), 2, 1).values();
        assertThat(limited[limited.length - 1] - limited[0]).as("2 · 0.2, and a fifth of the 0.6 cut off")
                .isCloseTo(0.52f, within(0.02f));
        float[] even = Clahe.equalised(noise(1, 64, 64), 1, 1).values();
        assertThat(even).as("a clip of 1 leaves all bins alike, so little changes")
                .containsExactly(noise(1, 64, 64).values(), within(0.1f));
    }

    @Example
    void smallAndFlatPicturesAreNoTrouble() {
        for (int[] size : new int[][] {{1, 1}, {1, 5}, {5, 1}, {2, 2}, {3, 7}}) {
            float[] flat = new float[size[0] * size[1]];
            Arrays.fill(flat, 0.5f);
            Plane plane = new Plane(size[0], size[1], flat);
            assertThat(GaussianBlur.blurred(plane, 2).values()).containsExactly(flat, within(1e-6f));
            assertThat(Sharpen.sharpened(plane, 0.5, 1).values()).containsExactly(flat, within(1e-6f));
            assertThat(Clahe.equalised(plane, 1, 8).values()).hasSize(flat.length);
        }
    }

    @Example
    void eachTransformIsMadeAsOftenAsItsChance() {
        float[] grey = noise(3, 16, 16).values();
        int[] made = new int[4];
        List<Transform> transforms = List.of(Augment.usual().brightnessContrast(), Augment.usual().blur(),
                Augment.usual().sharpen(), Augment.usual().clahe());
        for (int draw = 0; draw < 2000; draw++) {
            for (int k = 0; k < made.length; k++) {
                Plane changed = transforms.get(k).apply(new Plane(16, 16, grey.clone()),
                        RandomSource.of(9).child(draw).child(k));
                made[k] += Arrays.equals(changed.values(), grey) ? 0 : 1;
            }
        }
        assertThat(made[0] / 2000.0).isCloseTo(0.5, within(0.04));
        assertThat(made[1] / 2000.0).as("the narrowest Gaussians change nothing").isBetween(0.4, 0.54);
        assertThat(made[2] / 2000.0).isCloseTo(0.3, within(0.04));
        assertThat(made[3] / 2000.0).isCloseTo(0.3, within(0.04));
    }

    @Example
    void normalisesAndRepeatsTheChannel() {
        try (MemoryScope _ = MemoryScope.open("normalise")) {
            Tensor view = Augment.usual().normalise(Tensor.of(Shape.of(1, 2), 0.5056f, 1f));
            assertThat(view.shape()).isEqualTo(Shape.of(3, 1, 2));
            double white = (1 - 0.5056) / 0.252;
            assertThat(view.toDoubles()).containsExactly(new double[] {0, white, 0, white, 0, white}, within(1e-6));
            assertThat(Augment.usual().withChannels(1).normalise(Tensor.zeros(2, 2)).shape())
                    .isEqualTo(Shape.of(1, 2, 2));
        }
    }

    @Example
    void viewsAreAFunctionOfSeedEpochAndSample() {
        PretrainConfig config = Runs.config(Recipe.PANACEA, "vit_nano");
        Tensor picture = Runs.picture(0);
        Views views = Views.of(picture, config, 3, 5);
        Views again = Views.of(picture, config, 3, 5);
        assertThat(again.crops()).isEqualTo(views.crops());
        assertThat(again.first().toFloats()).isEqualTo(views.first().toFloats());
        assertThat(again.second().toFloats()).isEqualTo(views.second().toFloats());
        for (Views other : List.of(Views.of(picture, config, 4, 5), Views.of(picture, config, 3, 6),
                Views.of(picture, config.with(Map.of("seed", "1")), 3, 5))) {
            assertThat(other.first().toFloats()).isNotEqualTo(views.first().toFloats());
        }
        assertThat(views.first().shape()).isEqualTo(Shape.of(1, 48, 48)).isEqualTo(views.second().shape());
        Picture decoded = new Picture(Runs.SIDE, Runs.SIDE, 1, picture.toFloats(), null);
        assertThat(Views.of(decoded, config, 3, 5).second().toFloats()).isEqualTo(views.second().toFloats());
    }

    @Example
    void viewsOfOnePictureShowTheSamePlaceAtPartners() {
        PretrainConfig config = Runs.config(Recipe.PAPER, "vit_nano").with(Map.of(
                "augment.brightnessContrast.chance", "0", "augment.blur.chance", "0", "augment.sharpen.chance", "0",
                "augment.clahe.chance", "0"));
        assertThat(config.resizedCrop()).isEqualTo(ResizedCrop.off());
        Views views = Views.of(Runs.picture(1), config, 0, 0);
        double[] first = means(views.first(), 16);  // composed tokens of C1 are 16 pixels of its view
        double[] second = means(views.second(), 8); // tokens of C2 are 8 pixels of its view
        int pairs = 0;
        for (int token = 0; token < 36; token++) {
            int partner = views.crops().composition().partner(token);
            if (partner >= 0) {
                assertThat(first[partner]).isCloseTo(second[token], within(1e-5));
                pairs++;
            }
        }
        assertThat(pairs).isGreaterThanOrEqualTo(4);
    }

    private static double[] means(Tensor view, int pixels) {
        int side = 48 / pixels;
        return view.reshape(side, pixels, side, pixels).mean(false, 1, 3).toDoubles();
    }

    @Example
    void refusals() {
        assertThatThrownBy(() -> new Clahe(0.3, 0.5, 4, 8)).isInstanceOf(ConfigException.class)
                .hasMessage("clahe: clip 0.5..4.0, tiles 8 (need a clip of 1 or more, 1 to 64 tiles)");
        assertThatThrownBy(() -> new GaussianBlur(1.5, 0.1, 2)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> Augment.usual().withChannels(2)).isInstanceOf(ConfigException.class);
    }
}
