package dev.panacea.tools.lesson;

import dev.panacea.ace.crop.Correspondence;
import dev.panacea.ace.loss.MatchingConfig;
import dev.panacea.ace.loss.MatchingTarget;
import dev.panacea.tensor.MemoryScope;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * One of the two targets.
 *
 * @param name of the loss that it is for
 * @param pairs which tokens correspond
 * @param kernel side of the Gaussian in tokens
 * @param values [N, M], row by row
 */
record TargetMatrix(String name, Correspondence pairs, int kernel, float[] values) {
    static TargetMatrix of(String name, Correspondence pairs, MatchingConfig config) {
        try (MemoryScope _ = MemoryScope.open("target")) {
            return new TargetMatrix(name, pairs, config.kernel(), MatchingTarget.of(List.of(pairs), config).toFloats());
        }
    }

    /** Number of the teacher's tokens. */
    int rows() {
        return pairs.teacherSide() * pairs.teacherSide();
    }

    /** Number of the student's. */
    int columns() {
        return pairs.studentSide() * pairs.studentSide();
    }

    float value(int i, int j) {
        return values[i * columns() + j];
    }

    /** Whether a teacher's token has a partner: a row without is all zeros. */
    boolean hasPartner(int i) {
        return pairs.partner(i) >= 0;
    }

    /** Number of entries above 0. */
    int positive() {
        int count = 0;
        for (float value : values) {
            count += value > 0 ? 1 : 0;
        }
        return count;
    }

    /** Sizes, and one token's row as the square of numbers round its partner. */
    String text(String teacher, String student, int i) {
        long rows = IntStream.range(0, rows()).filter(this::hasPartner).count();
        StringBuilder text = new StringBuilder("%-14s T [%d, %d]: %2$d tokens of %s, %3$d of %s ones%n".formatted(name,
                rows(), columns(), teacher, student));
        text.append(String.format(Locale.ROOT,
                "%-14s %d rows with a partner, %d rows of zeros; %d entries above 0, %.2f %%%n", "", rows,
                rows() - rows, positive(), 100.0 * positive() / values.length));
        int side = pairs.teacherSide();
        text.append("%-14s token %d (row %d, column %d of %s)".formatted("", i, i / side, i % side, teacher));
        if (!hasPartner(i)) {
            return text.append(" lies outside the overlap: its row is all zeros\n").toString();
        }
        int partner = pairs.partner(i);
        text.append(" ↔ token %d (row %d, column %d of %s ones):%n".formatted(partner,
                partner / pairs.studentSide(), partner % pairs.studentSide(), student));
        return text.append(patch(i)).toString();
    }

    /** The k × k numbers round the partner; nothing where they are cut off. */
    private String patch(int i) {
        int side = pairs.studentSide();
        int row = pairs.partner(i) / side;
        int column = pairs.partner(i) % side;
        int reach = kernel / 2;
        StringBuilder text = new StringBuilder();
        for (int y = row - reach; y <= row + reach; y++) {
            text.append(" ".repeat(16));
            for (int x = column - reach; x <= column + reach; x++) {
                boolean inside = y >= 0 && y < side && x >= 0 && x < side;
                text.append(inside ? String.format(Locale.ROOT, "%8.4f", value(i, y * side + x)) : "       ·");
            }
            text.append('\n');
        }
        return text.toString();
    }
}
