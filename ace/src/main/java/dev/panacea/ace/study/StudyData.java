package dev.panacea.ace.study;

import dev.panacea.ace.data.Picture;
import dev.panacea.ace.drawn.Point;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The pictures that studies look at, each square and at any size that is asked for: a picture that is not is stretched.
 * Any thread may ask.
 */
public interface StudyData {
    /** How many there are. */
    int size();

    /** What messages call one, such as its file. */
    String name(int number);

    /**
     * One picture.
     *
     * @param pixels side of the result
     * @throws dev.panacea.tensor.DataException if it cannot be read
     */
    Picture picture(int number, int pixels);

    /**
     * The places of one picture that are known by name, in pixels of the picture at that size; empty where none are.
     *
     * @param pixels side of the picture
     */
    Map<String, Point> landmarks(int number, int pixels);

    /** Some of these pictures, by their numbers. */
    default StudyData only(List<Integer> numbers) {
        return new SomePictures(this, numbers);
    }

    /** The grey pictures of files, without landmarks. */
    static StudyData files(List<Path> files) {
        return new FilePictures(files);
    }

    /**
     * Drawn X-rays with all their landmarks, each of another patient.
     *
     * @param count how many
     * @param seed of the first patient
     */
    static StudyData drawn(int count, long seed) {
        return new DrawnPictures(count, seed);
    }
}
