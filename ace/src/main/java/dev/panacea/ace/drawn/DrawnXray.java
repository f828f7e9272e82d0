package dev.panacea.ace.drawn;

import dev.panacea.tensor.RandomSource;
import java.util.EnumSet;
import java.util.Set;

/**
 * Frontal chest X-rays that nobody took: drawn from anatomy, so that their truth is known. A seed is a patient, and a
 * patient can have many films: the same anatomy and findings in another pose and exposure.
 *
 * <p>Bodies are built in space, in centimetres, and looked through: lengths in tissue, air and bone add up along each
 * ray, and weaken it as Beer and Lambert say. The same seed gives the same bytes on any machine, with any number of
 * threads; sizes differ only in what their pixels can show.
 *
 * <pre>{@code
 * Drawing drawing = DrawnXray.draw(7, 512);
 * Point carina = drawing.landmarks().get(Landmark.CARINA);
 * boolean[] heart = drawing.mask(Organ.HEART);
 * }</pre>
 */
public final class DrawnXray {
    private DrawnXray() {}

    /**
     * The first film of a patient, with {@linkplain DrawnOptions#standard() usual} findings.
     *
     * @param seed of the patient
     * @param pixels of a side, 64..2048
     * @throws dev.panacea.nn.ConfigException if the size is out of range
     */
    public static Drawing draw(long seed, int pixels) {
        return film(seed, 0, DrawnOptions.standard()).draw(pixels);
    }

    /**
     * A film of a patient, which can be drawn at any size.
     *
     * @param seed of the patient
     * @param number which of the patient's films
     * @param options what may be drawn
     */
    public static DrawnFilm film(long seed, int number, DrawnOptions options) {
        return new DrawnFilm(seed, number, options);
    }

    /** What a patient suffers from, without drawing anything: {@link DrawnFilm#findings} tells where. */
    public static Set<FindingKind> findings(long seed, DrawnOptions options) {
        Set<FindingKind> kinds = EnumSet.noneOf(FindingKind.class);
        DrawnFilm.lesions(RandomSource.of(seed), options).forEach(lesion -> kinds.add(lesion.kind()));
        return kinds;
    }
}
