package dev.panacea.ace.run;

import dev.panacea.ace.train.PretrainConfig;
import dev.panacea.ace.train.StepReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Tells at once when a run collapses: when the networks satisfy the losses without telling anything apart. Five signs
 * are looked at, by moving means of the steps:
 *
 * <ul>
 * <li>the teacher's tokens are all alike: their deviation falls below 0.1 and half of what it was;
 * <li>or they differ along one line alone: their rank falls below 1.1 and half of what it was above 1;
 * <li>teacher and student give all views the same probabilities: the global loss is the teacher's entropy, whatever
 * that is;
 * <li>everything matches everything, in composition or in decomposition: the loss is 0, and partners are found by
 * chance.
 * </ul>
 *
 * <p>The first steps are not judged, a sign has to last, and it is told again only after it was gone for long.
 */
public final class CollapseWatch {
    private static final double KEEP = 0.7; // of a moving mean in a step
    private static final int PATIENCE = 10; // steps that a sign has to last
    private static final int GONE = 100; // steps after which it may be told again
    private static final double ALIKE = 0.1;
    private static final double LINE = 0.1;
    private static final double SAME = 0.01; // nats
    private static final double CHANCE = 3; // times that of guessing
    private static final double SOLVED = 1e-3; // the target's soft edges leave more to any loss with negatives

    private final PretrainConfig config;
    private final int channels;
    private final long warmUp;
    private final Mean deviation = new Mean();
    private final Mean rank = new Mean();
    private final Mean entropy = new Mean();
    private final Mean divergence = new Mean();
    private final Sign alike = new Sign();
    private final Sign line = new Sign();
    private final Sign same = new Sign();
    private final Level composition;
    private final Level decomposition;

    /** A moving mean, and what it began from. */
    private static final class Mean {
        private double now = Double.NaN;
        private double first;

        void add(double value) {
            if (Double.isNaN(now)) {
                now = value;
                first = value;
            }
            now = KEEP * now + (1 - KEEP) * value;
        }
    }

    /** Whether something has lasted long enough to be told. */
    private static final class Sign {
        private int seen;
        private int gone;
        private boolean told;

        boolean tell(boolean now) {
            seen = now ? seen + 1 : 0;
            gone = now ? 0 : gone + 1;
            told &= gone < GONE;
            boolean tell = seen >= PATIENCE && !told;
            told |= tell;
            return tell;
        }
    }

    /** One of the two matching losses. */
    private record Level(String name, double chance, Mean found, Sign sign) {
        static Level of(String name, double chance) {
            return new Level(name, chance, new Mean(), new Sign());
        }

        boolean tell(double loss, double nowFound, boolean judged) {
            found.add(nowFound);
            return sign.tell(judged && loss < SOLVED && found.now < CHANCE * chance);
        }

        String words(double loss) {
            return text("%s: loss %.4f while %.3f of the partners are found, chance %.3f: everything matches everything"
                    + " (set %s.positivesOnly to false, or lower %s.alpha)", name, loss, found.now, chance, name,
                    name);
        }
    }

    /**
     * Watches a run.
     *
     * @param channels K, of a token
     * @param steps of the whole run
     */
    public CollapseWatch(PretrainConfig config, int channels, long steps) {
        this.config = config;
        this.channels = channels;
        warmUp = Math.clamp(steps / 20, 10, 500);
        double tokens = (double) config.grid().viewCells() * config.grid().viewCells();
        composition = Level.of("composition", 4 / tokens);
        decomposition = Level.of("decomposition", 0.25 / tokens);
    }

    /** Looks at a step, and says what has collapsed; empty nearly always. */
    public List<String> add(StepReport report) {
        boolean judged = report.step() >= warmUp;
        deviation.add(report.deviation());
        rank.add(report.rank());
        entropy.add(report.entropy());
        divergence.add(report.global() - report.entropy());
        List<String> words = new ArrayList<>();
        if (alike.tell(judged && deviation.now < Math.min(ALIKE, deviation.first / 2))) {
            words.add(text("the teacher's tokens are all alike: deviation %.3f of at most 1, %.3f at first (lower"
                    + " optimizer.rate or raise optimizer.momentum; look whether the pictures differ)", deviation.now,
                    deviation.first));
        }
        if (line.tell(judged && rank.now - 1 < Math.min(LINE, (rank.first - 1) / 2))) {
            words.add(text("the teacher's tokens lie along one line: effective rank %.2f of %d, %.2f at first (lower"
                    + " optimizer.rate or raise optimizer.momentum)", rank.now, channels, rank.first));
        }
        if (same.tell(judged && divergence.now < SAME)) {
            int outputs = config.globalHead().on() ? config.globalHead().outputs() : channels;
            words.add(text("all views have the same probabilities: global loss %.4f above the teacher's entropy %.3f,"
                    + " ln %d is %.3f (%s)", Math.max(0, divergence.now), entropy.now, outputs, Math.log(outputs),
                    config.global().centering() ? "lower global.teacherTemperature" : "set global.centering to true"));
        }
        if (composition.tell(report.composition(), report.composed(), judged)) {
            words.add(composition.words(report.composition()));
        }
        if (decomposition.tell(report.decomposition(), report.decomposed(), judged)) {
            words.add(decomposition.words(report.decomposition()));
        }
        return words.stream().map(word -> "collapse: step " + report.step() + ": " + word).toList();
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
