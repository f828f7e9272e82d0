package dev.panacea.tools.transfer;

import dev.panacea.ace.data.CsvRows;
import java.nio.file.Path;
import java.util.List;

/** What a network says of pictures, on its way into the files of a folder. */
sealed interface Answers permits ClassAnswers, MaskAnswers, PointAnswers {
    /**
     * Adds the answer about a picture, and writes the pictures that belong to it.
     *
     * @return the answer in a few words
     */
    String add(Seen picture, float[] answer);

    /** Writes the table about all pictures, and tells its file. */
    Path finish();

    /** Writes a table. */
    static Path table(Path file, List<List<String>> rows) {
        CsvRows.write(file, "predictions", rows);
        return file;
    }
}
