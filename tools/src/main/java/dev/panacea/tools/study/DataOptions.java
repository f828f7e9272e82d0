package dev.panacea.tools.study;

import dev.panacea.ace.data.Ahead;
import dev.panacea.ace.data.ImageList;
import dev.panacea.ace.landmark.LandmarkPictures;
import dev.panacea.ace.study.StudyData;
import dev.panacea.tensor.DataException;
import dev.panacea.tools.Progress;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/** Which pictures are looked at. */
final class DataOptions {
    private static final int AHEAD = 16;

    @Option(names = "--data", paramLabel = "PATH",
            description = "A folder, a list (.txt, .csv) or a picture; or landmarks: lines image#x,y,name#…, a table"
                    + " with image, landmark, x and y, or the folder of FIRE; may be repeated (default: drawn X-rays,"
                    + " which know their landmarks). Name pictures that no network was trained on.")
    private List<Path> data = List.of();

    @Option(names = "--root", paramLabel = "DIR",
            description = "What names in a list are relative to (default: the list's folder).")
    private Path root;

    @Option(names = "--column", defaultValue = "image", paramLabel = "NAME",
            description = "The column of a .csv that names the pictures (default: ${DEFAULT-VALUE}).")
    private String column;

    @Option(names = "--drawn", defaultValue = "64", paramLabel = "N",
            description = "How many X-rays are drawn (default: ${DEFAULT-VALUE}).")
    private int drawn;

    @Option(names = "--drawn-seed", defaultValue = "1000000", paramLabel = "N",
            description = "The first patient drawn (default: ${DEFAULT-VALUE}, whom pretraining does not draw).")
    private long drawnSeed;

    @Option(names = "--most", defaultValue = "1000", paramLabel = "N",
            description = "No more than this many of the pictures, the first ones (default: ${DEFAULT-VALUE}).")
    private int most;

    /**
     * Opens them, and leaves out those that cannot be read.
     *
     * @param sizes that they will be asked for
     */
    StudyData open(Set<Integer> sizes, PrintWriter err) {
        StudyData all = named(err);
        List<Integer> readable = new ArrayList<>();
        try (Progress progress = Progress.open("pictures", all.size(), err);
                Ahead<String> ahead = new Ahead<>(all.size(), number -> trouble(all, (int) number, sizes),
                        Runtime.getRuntime().availableProcessors(), AHEAD)) {
            for (int number = 0; number < all.size(); number++) {
                String trouble = ahead.next();
                if (trouble == null) {
                    readable.add(number);
                } else {
                    progress.say("left out: " + trouble);
                }
                progress.step();
            }
        }
        if (readable.isEmpty()) {
            throw new DataException("study: no picture could be read: " + all.size() + " tried (see above)");
        }
        return readable.size() == all.size() ? all : all.only(readable);
    }

    /** What is wrong with a picture, or null; what is made of it on the way is remembered. */
    private static String trouble(StudyData all, int number, Set<Integer> sizes) {
        try {
            sizes.forEach(pixels -> all.picture(number, pixels));
            return null;
        } catch (DataException unreadable) {
            return unreadable.getMessage();
        }
    }

    private StudyData named(PrintWriter err) {
        if (data.isEmpty()) {
            return StudyData.drawn(Math.min(drawn, most), drawnSeed);
        }
        if (data.stream().allMatch(LandmarkPictures::isKnown)) {
            return new LandmarkPictures(data.stream()
                    .flatMap(source -> LandmarkPictures.named(source, root).pictures().stream()).limit(most).toList());
        }
        List<Path> files = new ArrayList<>();
        for (Path source : data) {
            if (!Files.exists(source)) {
                throw new DataException("study: " + source + ": no such file or folder (check --data)");
            }
            ImageList found = ImageList.named(source, root, column);
            found.missing().forEach(line -> err.println(source + ": left out: " + line));
            found.entries().forEach(entry -> files.add(entry.file()));
        }
        err.flush();
        if (files.isEmpty()) {
            throw new DataException("study: no pictures in " + data + " (name folders, lists or files)");
        }
        return StudyData.files(files.subList(0, Math.min(files.size(), most)));
    }

    /** What was opened, for the page. */
    String text(StudyData opened) {
        return opened.size() + (data.isEmpty() ? " drawn X-rays, patients from " + drawnSeed + " on"
                : " pictures of " + data);
    }
}
