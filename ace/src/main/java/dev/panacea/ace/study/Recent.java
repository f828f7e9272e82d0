package dev.panacea.ace.study;

import dev.panacea.ace.data.Picture;
import java.lang.ref.SoftReference;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/** Pictures that were made before, as long as the memory has room for them: every study looks at the same ones. */
final class Recent {
    private final ConcurrentMap<Key, SoftReference<Picture>> pictures = new ConcurrentHashMap<>();

    private record Key(int number, int pixels) {}

    /** Two threads that ask at once may both make it: it is the same. */
    Picture picture(int number, int pixels, Supplier<Picture> made) {
        Key key = new Key(number, pixels);
        SoftReference<Picture> before = pictures.get(key);
        Picture picture = before == null ? null : before.get();
        if (picture == null) {
            picture = made.get();
            pictures.put(key, new SoftReference<>(picture));
        }
        return picture;
    }
}
