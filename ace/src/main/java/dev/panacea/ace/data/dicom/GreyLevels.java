package dev.panacea.ace.data.dicom;

import dev.panacea.ace.data.codec.Samples;
import dev.panacea.tensor.DataException;
import java.util.ArrayList;
import java.util.List;

/**
 * From stored codes to what a viewer shows: rescaling or the modality table, then the first window or table of values
 * of interest, then inversion where low is bright. Where a file names no window, plain unsigned codes keep their scale
 * and all others are stretched from the least to the greatest that occur.
 */
final class GreyLevels {
    private static final int LARGEST = 65535;

    private final DataSet set;
    private final PixelLayout layout;
    private final Samples samples;
    private final List<String> notes;
    private final boolean[] occurs; // which codes

    private GreyLevels(Frame frame) {
        set = frame.set();
        layout = frame.layout();
        samples = frame.samples();
        notes = new ArrayList<>(samples.notes());
        occurs = new boolean[1 << 16];
        for (short code : samples.codes()) {
            occurs[code & 0xFFFF] = true;
        }
    }

    static Samples shown(Frame frame) {
        GreyLevels levels = new GreyLevels(frame);
        double[] shown = levels.shownValues(levels.modalityValues());
        String photometric = frame.layout().photometric();
        boolean inverse = frame.set().text(Tag.PRESENTATION_SHAPE).equals("INVERSE");
        if (photometric.equals("MONOCHROME1") || inverse) {
            levels.notes.add("inverted (" + (inverse ? "INVERSE" : photometric) + ")");
            for (int code = 0; code < shown.length; code++) {
                shown[code] = 1 - shown[code];
            }
        }
        short[] codes = frame.samples().codes();
        for (int i = 0; i < codes.length; i++) {
            codes[i] = (short) Math.round(shown[codes[i] & 0xFFFF] * LARGEST);
        }
        return new Samples(frame.samples().width(), frame.samples().height(), Samples.Space.GREY, 16, codes,
                List.copyOf(levels.notes));
    }

    /** The value that a stored code stands for. */
    private int stored(int code) {
        int sign = layout.signed() ? 1 << layout.stored() - 1 : 0;
        int mask = layout.stored() == 16 ? 0xFFFF : (1 << layout.stored()) - 1;
        return ((code & mask) ^ sign) - sign;
    }

    /** What each code means to the machine that made it, by table or by slope and intercept. */
    private double[] modalityValues() {
        double[] values = new double[1 << 16];
        DataSet holder = holder(Tag.MODALITY_TABLE, 0);
        DataSet item = holder == null ? null : holder.firstItem(Tag.MODALITY_TABLE);
        Table table = item == null ? null : Table.read(item, Tag.TABLE_DESCRIPTOR, Tag.TABLE_DATA, layout.signed());
        holder = holder(Tag.SLOPE, Tag.FRAME_TRANSFORMATION);
        double slope = holder == null ? 1 : holder.firstDecimal(Tag.SLOPE, 1);
        double intercept = holder == null ? 0 : holder.firstDecimal(Tag.INTERCEPT, 0);
        if (!Double.isFinite(slope) || !Double.isFinite(intercept)) {
            throw new DataException("DICOM damaged: rescale slope or intercept is no number: '"
                    + holder.printable(Tag.SLOPE) + "', '" + holder.printable(Tag.INTERCEPT) + "' (export it again)");
        }
        if (table != null) {
            notes.add("modality table of " + table.values().length);
        } else if (slope != 1 || intercept != 0) {
            notes.add("rescaled " + text(slope) + "x" + (intercept < 0 ? "" : "+") + text(intercept));
        }
        for (int code = 0; code < values.length; code++) {
            values[code] = table != null ? table.of(stored(code)) : slope * stored(code) + intercept;
        }
        return values;
    }

    /** 0..1 for each code. */
    private double[] shownValues(double[] values) {
        DataSet holder = holder(Tag.WINDOW_CENTRE, Tag.FRAME_VALUES_OF_INTEREST);
        if (holder != null) {
            double centre = holder.firstDecimal(Tag.WINDOW_CENTRE, Double.NaN);
            double width = holder.firstDecimal(Tag.WINDOW_WIDTH, Double.NaN);
            String function = holder.printable(Tag.WINDOW_FUNCTION);
            Window window = new Window(centre, width, function.isEmpty() ? "LINEAR" : function);
            double[] shown = window.isUsable() ? of(values, window::of) : null;
            if (shown != null && (varies(shown) || !varies(values))) {
                int count = (int) holder.text(Tag.WINDOW_CENTRE).chars().filter(c -> c == '\\').count() + 1;
                notes.add(window + (count > 1 ? ", first of " + count : ""));
                return shown;
            }
            notes.add(window + (shown == null ? " ignored: impossible" : " ignored: it shows nothing"));
        }
        holder = holder(Tag.VALUES_OF_INTEREST_TABLE, 0);
        DataSet item = holder == null ? null : holder.firstItem(Tag.VALUES_OF_INTEREST_TABLE);
        Table table = item == null ? null : Table.read(item, Tag.TABLE_DESCRIPTOR, Tag.TABLE_DATA, negative(values));
        if (table != null) {
            notes.add("table of interest of " + table.values().length);
            double largest = (1 << table.bits()) - 1;
            return of(values, value -> Math.min(1, table.of(value) / largest));
        }
        return unwindowed(values);
    }

    private double[] unwindowed(double[] values) {
        boolean plain = !layout.signed() && values[0] == 0 && values[1] == 1
                && values[LARGEST] == stored(LARGEST);
        if (plain) {
            Samples fitted = samples.fitted();
            if (fitted != samples) {
                notes.add(fitted.notes().getLast());
            }
            double largest = fitted.largest();
            return of(values, value -> Math.min(1, value / largest));
        }
        boolean hasPadding = set.find(Tag.PADDING) != null;
        int padding = set.number(Tag.PADDING, 0) & samples.largest();
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (int code = 0; code < values.length; code++) {
            if (occurs[code] && !(hasPadding && code == padding)) {
                least = Math.min(least, values[code]);
                most = Math.max(most, values[code]);
            }
        }
        if (!(most > least)) {
            return new double[values.length];
        }
        notes.add("stretched from " + text(least) + ".." + text(most));
        double from = least;
        double range = most - least;
        return of(values, value -> Math.clamp((value - from) / range, 0, 1));
    }

    private static double[] of(double[] values, java.util.function.DoubleUnaryOperator function) {
        double[] shown = new double[values.length];
        java.util.Arrays.setAll(shown, code -> function.applyAsDouble(values[code]));
        return shown;
    }

    /** Whether the codes that occur get different values. */
    private boolean varies(double[] values) {
        double first = Double.NaN;
        for (int code = 0; code < values.length; code++) {
            if (occurs[code]) {
                if (values[code] != first && !Double.isNaN(first)) {
                    return true;
                }
                first = values[code];
            }
        }
        return false;
    }

    private boolean negative(double[] values) {
        for (int code = 0; code < values.length; code++) {
            if (occurs[code] && values[code] < 0) {
                return true;
            }
        }
        return false;
    }

    /** The data set that holds an element: the whole, or the first item of a sequence in the groups of frames. */
    private DataSet holder(int tag, int sequence) {
        if (set.find(tag) != null) {
            return set;
        }
        for (int groups : new int[] {Tag.FRAME_GROUPS, Tag.SHARED_GROUPS}) {
            DataSet group = sequence == 0 ? null : set.firstItem(groups);
            DataSet item = group == null ? null : group.firstItem(sequence);
            if (item != null && item.find(tag) != null) {
                return item;
            }
        }
        return null;
    }

    static String text(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e9 ? Long.toString((long) number)
                : Double.toString(number);
    }
}
