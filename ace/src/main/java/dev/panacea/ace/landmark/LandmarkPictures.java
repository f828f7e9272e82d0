package dev.panacea.ace.landmark;

import dev.panacea.ace.data.ImageDecoder;
import dev.panacea.ace.data.ImageList;
import dev.panacea.ace.data.Picture;
import dev.panacea.ace.drawn.Point;
import dev.panacea.ace.label.FirePair;
import dev.panacea.ace.study.StudyData;
import dev.panacea.tensor.DataException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;

/** Pictures in files whose landmarks are known, in grey. */
public final class LandmarkPictures implements StudyData {
    private final List<Annotated> pictures;
    private final StudyData files;
    private final int[][] sizes; // width and height of each file that was looked at

    /** Pictures with their landmarks. */
    public LandmarkPictures(List<Annotated> pictures) {
        this.pictures = List.copyOf(pictures);
        files = StudyData.files(this.pictures.stream().map(Annotated::file).toList());
        sizes = new int[this.pictures.size()][];
    }

    /**
     * What a person names, one of
     * <ul>
     * <li>a list with a picture a line, {@code image#x,y,name#x,y,name…}; a name may be a number, which a file
     * {@code landmark_names.csv} beside the list can explain with rows {@code index,name}, as {@code panacea draw}
     * has it;
     * <li>a table with a landmark a row in the columns image, landmark, x and y;
     * <li>a folder like that of FIRE, with pairs of pictures and control points; its pair P37_1_2, whose points are
     * known to be wrong, is left out.
     * </ul>
     *
     * @param root what names in a list or table are relative to; null for where it lies, or for a list {@code images}
     *     there
     * @throws DataException if it cannot be read, a row is wrong, or there is no picture
     */
    public static LandmarkPictures named(Path source, Path root) {
        List<Annotated> pictures = Files.isDirectory(source) ? pairs(source)
                : LandmarkList.isTable(source) ? LandmarkList.table(source, root)
                : LandmarkList.lines(source, root);
        if (pictures.isEmpty()) {
            throw new DataException(source + ": no picture with landmarks (need lines image#x,y,name, a table with"
                    + " image, landmark, x, y, or control points of pairs)");
        }
        return new LandmarkPictures(pictures);
    }

    /** The two of each pair of FIRE, one after the other; their common places have the pair's name and a number. */
    private static List<Annotated> pairs(Path folder) {
        List<Annotated> pictures = new ArrayList<>();
        for (FirePair pair : FirePair.read(folder)) {
            pictures.add(new Annotated(pair.first(), numbered(pair.name(), pair.firstPoints())));
            pictures.add(new Annotated(pair.second(), numbered(pair.name(), pair.secondPoints())));
        }
        return pictures;
    }

    private static SequencedMap<String, Point> numbered(String pair, List<Point> points) {
        SequencedMap<String, Point> places = new LinkedHashMap<>();
        points.forEach(point -> places.put(pair + " " + (places.size() + 1), point));
        return places;
    }

    /**
     * Whether a path looks like something that {@link #named} reads, rather than a folder, list or table of pictures
     * alone.
     */
    public static boolean isKnown(Path source) {
        if (Files.isDirectory(source)) {
            return ImageList.folder(source).entries().stream()
                    .anyMatch(entry -> entry.file().getFileName().toString().startsWith("control_points_"));
        }
        if (!Files.isRegularFile(source)) {
            return false;
        }
        String name = source.toString().toLowerCase(Locale.ROOT);
        if (!name.endsWith(".txt") && !name.endsWith(".csv")) {
            return false;
        }
        return LandmarkList.isLines(source) || LandmarkList.isTable(source);
    }

    /** The pictures, in order. */
    public List<Annotated> pictures() {
        return pictures;
    }

    @Override
    public int size() {
        return files.size();
    }

    @Override
    public String name(int number) {
        return files.name(number);
    }

    @Override
    public Picture picture(int number, int pixels) {
        return files.picture(number, pixels);
    }

    @Override
    public Map<String, Point> landmarks(int number, int pixels) {
        int[] size = size(number);
        Map<String, Point> places = new LinkedHashMap<>();
        pictures.get(number).places().forEach((name, place) -> places.put(name,
                new Point(place.x() * pixels / size[0], place.y() * pixels / size[1])));
        return places;
    }

    private synchronized int[] size(int number) {
        if (sizes[number] == null) {
            Picture picture = new ImageDecoder().decode(pictures.get(number).file());
            sizes[number] = new int[] {picture.width(), picture.height()};
        }
        return sizes[number];
    }
}
