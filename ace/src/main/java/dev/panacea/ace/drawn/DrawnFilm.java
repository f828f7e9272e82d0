package dev.panacea.ace.drawn;

import dev.panacea.ace.data.Picture;
import dev.panacea.ace.data.PictureFacts;
import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.RandomSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * One film of one patient before it is drawn at a size: the same picture at every size, and its truth. It holds no
 * state: threads may share one.
 */
public final class DrawnFilm {
    /** The smallest side of a picture, in pixels. */
    public static final int LEAST_PIXELS = 64;
    /** The largest side of a picture, in pixels. */
    public static final int MOST_PIXELS = 2048;
    private static final int PROBES = 128; // a side, to find what a finding changes
    private static final double INSET = 0.03;

    private final Patient patient;
    private final Pose pose;
    private final List<Lesion> lesions;
    private final Thorax thorax;
    private final DrawnOptions options;
    private final DrawnFacts facts;

    DrawnFilm(long seed, int number, DrawnOptions options) {
        RandomSource source = RandomSource.of(seed);
        this.options = options;
        patient = Patient.of(source.child(1));
        lesions = lesions(source, options);
        Pose taken = Pose.of(patient, source.child(3).child(number));
        pose = taken.within(INSET, projection -> landmarks(new Thorax(patient, taken.with(projection), List.of()),
                taken.with(projection)).values());
        thorax = new Thorax(patient, pose, lesions);
        Map<Landmark, Point> places = landmarks(thorax, pose);
        Point[] inner = {place(pose, -Thorax.cage(11), 11), place(pose, Thorax.cage(11), 11)};
        facts = new DrawnFacts(seed, number, patient.male(), patient.age(), pose.lying(),
                Math.toDegrees(pose.projection().yaw().angle()),
                Math.toDegrees(pose.projection().tilt().angle()), pose.inspiration(),
                pose.exposure().lung(), (places.get(Landmark.HEART_LEFT).x() - places.get(Landmark.HEART_RIGHT).x())
                        / (inner[1].x() - inner[0].x()));
    }

    static List<Lesion> lesions(RandomSource patient, DrawnOptions options) {
        return Lesion.of(patient.child(2), options);
    }

    private static Point place(Pose pose, double x, double y) {
        return pose.projection().flat(x, y);
    }

    /** Who the patient is and how the film was taken. */
    public DrawnFacts facts() {
        return facts;
    }

    /**
     * Draws the film.
     *
     * @param pixels of a side, 64..2048
     * @throws ConfigException if the size is out of range
     */
    public Drawing draw(int pixels) {
        check(pixels);
        Canvas canvas = new Canvas(pixels);
        new Figure(patient, pose, thorax, canvas).draw();
        new Skeleton(patient, pose, thorax, pixels).draw(canvas);
        VesselTree tree = new VesselTree(patient, pose, thorax, canvas);
        tree.draw();
        tree.airways();
        for (Lesion lesion : lesions) {
            if (lesion.kind() == FindingKind.NODULE || lesion.kind() == FindingKind.CONSOLIDATION) {
                Opacity.of(lesion, thorax).draw(canvas, pose.projection());
            }
        }
        pleura(canvas);
        new Extras(pose, canvas).draw();
        float[] values = new Film(thorax, pose, canvas).develop(texture(pixels), grain(pixels));
        return new Drawing(this, new Picture(pixels, pixels, 1, values, new PictureFacts("drawn", 24, List.of(
                "patient " + facts.seed(), "film " + facts.film(), facts.position()))));
    }

    /** The fine line of a lung that has come off the wall. */
    private void pleura(Canvas canvas) {
        for (Lesion lesion : lesions) {
            if (lesion.kind() == FindingKind.PNEUMOTHORAX) {
                List<double[]> line = new ArrayList<>();
                double end = Truth.angle(thorax, lesion.side())[1] - 1;
                for (double y = Truth.apex(thorax, lesion.side())[1]; y < end; y += line.size() < 12 ? 0.15 : 0.8) {
                    double middle = thorax.middle.at(y);
                    double edge = thorax.edge(middle + lesion.side(), y);
                    if (edge > 2.5) {
                        line.add(new double[] {edge, y});
                    }
                }
                double[] x = new double[line.size()];
                double[] y = new double[line.size()];
                double[] half = new double[line.size()];
                double[] weight = new double[line.size()];
                for (int i = 0; i < x.length; i++) {
                    double down = line.get(i)[1];
                    Point p = pose.projection().flat(thorax.middle.at(down) + lesion.side() * line.get(i)[0], down);
                    x[i] = p.x() * canvas.pixels;
                    y[i] = p.y() * canvas.pixels;
                    double wanted = 0.09 * pose.projection().unit() * canvas.pixels;
                    half[i] = Math.max(0.6, wanted);
                    double free = Thorax.cage(down) - line.get(i)[0];
                    weight[i] = 0.9 * wanted / half[i] * Spline.step(0.1, 0.6, free);
                }
                if (x.length > 1) {
                    canvas.add(canvas.soft, new Strip(x, y, half, weight), Profile.ROUND);
                }
            }
        }
    }

    /** Mottle of the tissue, with as much of it in each octave. */
    private float[] texture(int pixels) {
        float[] texture = new float[pixels * pixels];
        Grain grain = new Grain(patient.seed().child(30));
        for (int lattice = 6; lattice <= 400; lattice = lattice * 2) {
            grain.add(texture, pixels, lattice, lattice < 24 ? 0.022f : 0.034f);
        }
        return texture;
    }

    /** White noise: each finer lattice twice as strong. */
    private float[] grain(int pixels) {
        float[] noise = new float[pixels * pixels];
        if (options.noise() > 0) {
            Grain grain = new Grain(pose.seed().child(2));
            for (int lattice = 256; lattice <= 1024; lattice *= 2) {
                grain.add(noise, pixels, lattice, (float) (options.noise() * lattice / 512));
            }
        }
        return noise;
    }

    /** The landmarks in a picture of that size. */
    public Map<Landmark, Point> landmarks(int pixels) {
        check(pixels);
        Map<Landmark, Point> places = landmarks(thorax, pose);
        places.replaceAll((landmark, place) -> place.times(pixels));
        return Collections.unmodifiableMap(places);
    }

    private Map<Landmark, Point> landmarks(Thorax chest, Pose how) {
        return Truth.landmarks(patient, how, chest);
    }

    /**
     * Where an organ is.
     *
     * @return [pixels, pixels], rows from the top
     */
    public boolean[] mask(Organ organ, int pixels) {
        check(pixels);
        return Truth.mask(organ, new Truth.Scene(patient, pose, thorax), pixels);
    }

    /** What the patient suffers from, with boxes in a picture of that size. */
    public List<Finding> findings(int pixels) {
        check(pixels);
        List<Finding> findings = new ArrayList<>();
        for (Lesion lesion : lesions) {
            findings.add(new Finding(lesion.kind(), lesion.severity(), box(lesion).times(pixels)));
        }
        return List.copyOf(findings);
    }

    private Box box(Lesion lesion) {
        if (lesion.kind() == FindingKind.NODULE || lesion.kind() == FindingKind.CONSOLIDATION) {
            return Opacity.of(lesion, thorax).box(pose.projection());
        }
        List<Lesion> others = new ArrayList<>(lesions);
        others.remove(lesion);
        Thorax without = new Thorax(patient, pose, others);
        double left = 1;
        double top = 1;
        double right = 0;
        double bottom = 0;
        for (int row = 0; row < PROBES; row++) {
            for (int column = 0; column < PROBES; column++) {
                Point p = pose.projection().body((column + 0.5) / PROBES, (row + 0.5) / PROBES);
                double now = thorax.cavity(p.x(), p.y());
                double before = without.cavity(p.x(), p.y());
                if (Math.abs(now - before) > 0.6
                        || now > 0.6 && without.filled(p.x(), p.y()) - thorax.filled(p.x(), p.y()) > 0.2) {
                    left = Math.min(left, (double) column / PROBES);
                    right = Math.max(right, (column + 1.0) / PROBES);
                    top = Math.min(top, (double) row / PROBES);
                    bottom = Math.max(bottom, (row + 1.0) / PROBES);
                }
            }
        }
        return new Box(left, top, right - left, bottom - top);
    }

    private static void check(int pixels) {
        if (pixels < LEAST_PIXELS || pixels > MOST_PIXELS) {
            throw new ConfigException("drawn X-ray: size: " + pixels + " pixels (need " + LEAST_PIXELS + ".."
                    + MOST_PIXELS + ")");
        }
    }
}
