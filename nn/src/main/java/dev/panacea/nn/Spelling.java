package dev.panacea.nn;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Whether a word might have been meant by another, for the cures of errors. */
public final class Spelling {
    private Spelling() {}

    /** True where the known word holds the other, or few letters have to change to make one of the other. */
    public static boolean near(String asked, String known) {
        return asked.length() > 2 && known.contains(asked)
                || distance(asked, known) <= Math.max(1, known.length() / 3);
    }

    /** Of the known words that a word may have been meant for, the one that takes the fewest letters to change. */
    public static Optional<String> nearest(String asked, Collection<String> known) {
        return known.stream().filter(word -> near(asked, word))
                .min(Comparator.comparingInt(word -> distance(asked, word)));
    }

    /** Letters to insert, delete or replace to make one word of the other. */
    public static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j - 1], row[j]));
            }
        }
        return row[b.length()];
    }
}
