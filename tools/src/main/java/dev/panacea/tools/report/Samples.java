package dev.panacea.tools.report;

import java.util.Arrays;
import java.util.Comparator;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which pictures the page shows: those that were answered best, those in the middle, and those answered worst. None is
 * shown twice.
 */
final class Samples {
    private static final int EACH = 3;

    private final int[] order;
    private final int each;

    /**
     * Orders pictures.
     *
     * @param errors of each, less is better; NaN where it is not to be shown
     */
    Samples(double[] errors) {
        order = IntStream.range(0, errors.length).filter(i -> !Double.isNaN(errors[i])).boxed()
                .sorted(Comparator.comparingDouble(i -> errors[i])).mapToInt(Integer::intValue).toArray();
        each = Math.min(EACH, Math.ceilDiv(order.length, 3));
    }

    /** The best first. */
    int[] best() {
        return Arrays.copyOf(order, each);
    }

    /** Those about the median. */
    int[] middle() {
        int rest = order.length - best().length - worst().length;
        int count = Math.min(each, rest);
        int from = each + (rest - count) / 2;
        return Arrays.copyOfRange(order, from, from + count);
    }

    /** The worst first. */
    int[] worst() {
        int count = Math.min(each, order.length - each);
        return IntStream.range(0, count).map(i -> order[order.length - 1 - i]).toArray();
    }

    /** All three groups, one card for each picture. */
    String html(IntFunction<String> card) {
        return group("Best", best(), card) + group("In the middle", middle(), card) + group("Worst", worst(), card);
    }

    /** A group with its title; nothing where it is empty. */
    static String group(String title, int[] numbers, IntFunction<String> card) {
        return numbers.length == 0 ? "" : "<h3>" + title + "</h3>\n" + Arrays.stream(numbers).mapToObj(card)
                .collect(Collectors.joining("", "<div class=\"samples\">\n", "</div>\n"));
    }
}
