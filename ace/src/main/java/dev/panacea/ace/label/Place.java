package dev.panacea.ace.label;

import dev.panacea.tensor.DataException;
import java.nio.file.Path;

/**
 * A row of a list, for messages.
 *
 * @param list the file, or a folder where there are no lists
 * @param row its line, 1 the first; an entry's number where lines mean nothing; 0 for the file as a whole
 */
record Place(Path list, int row) {
    /** What is wrong there, with its cure. */
    DataException error(String what) {
        return new DataException(this + ": " + what);
    }

    /**
     * A number that a field must hold.
     *
     * @throws DataException if it does not
     */
    double number(String field, String what) {
        try {
            double number = Double.parseDouble(field.strip());
            if (Math.abs(number) <= 1e9) {
                return number;
            }
        } catch (NumberFormatException _) {
            // said below
        }
        throw error(what + " is " + DataException.shown(field) + " (need a number)");
    }

    /**
     * A whole number of 0 to below a bound that a field must hold.
     *
     * @throws DataException if it does not
     */
    int index(String field, int bound, String what) {
        double number = number(field, what);
        if (number != Math.rint(number) || number < 0 || number >= bound) {
            throw error(what + " is " + DataException.shown(field) + " (need 0.." + (bound - 1) + ")");
        }
        return (int) number;
    }

    @Override
    public String toString() {
        return row == 0 ? list.toString() : list + ": row " + row;
    }
}
