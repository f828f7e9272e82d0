package dev.panacea.tools.transfer;

import dev.panacea.ace.data.CsvRows;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.io.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

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
        String text = rows.stream().map(CsvRows::line).collect(Collectors.joining());
        AtomicFile.write(file, "predictions", text.getBytes(StandardCharsets.UTF_8));
        return file;
    }

    /**
     * A folder, made if it is not there.
     *
     * @throws DataException if it cannot be
     */
    static Path folder(Path folder) {
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new DataException("predict: folder " + folder + " cannot be made: " + e.getClass().getSimpleName()
                    + " (check the path and its permissions)", e);
        }
    }
}
