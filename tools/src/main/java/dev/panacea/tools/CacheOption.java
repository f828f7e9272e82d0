package dev.panacea.tools;

import dev.panacea.ace.data.PictureCache;
import dev.panacea.ace.data.Reduction;
import dev.panacea.ace.run.PictureSource;
import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** {@code --cache}: where decoded pictures are kept between epochs and runs. */
public final class CacheOption {
    private static final String OFF = "off";
    private static final int SHARE = 10; // the usual folder is used for a cache of this part of the free space at most
    private static final Duration UNUSED = Duration.ofDays(30);

    @Option(names = "--cache", paramLabel = "DIR|off",
            description = {"Folder of decoded pictures, which runs share and no result depends on; off for none.",
                "Default: panacea/pictures in $$XDG_CACHE_HOME or ~/.cache, if a tenth of the space left there is"
                    + " enough; what no run has used for 30 days is removed from it."})
    private String given;

    private PictureCache cache;
    private boolean told;

    /** What picocli fills in. */
    public CacheOption() {}

    /**
     * The pictures of files, by way of a cache if there can be one. A cache that cannot be had is told in a line, and
     * the run goes on without.
     *
     * @param data what the user named, in no folder of which a cache may lie
     */
    public PictureSource source(List<Path> files, List<String> data, Reduction reduction, Consumer<String> say) {
        if (OFF.equals(given)) {
            return PictureSource.files(files);
        }
        long most = PictureCache.mostBytes(files.size(), reduction);
        try {
            Path folder = given == null ? usual(System.getenv()) : Path.of(given).toAbsolutePath().normalize();
            if (given != null) {
                refuseInside(folder, data);
            } else {
                Files.createDirectories(folder);
                PictureCache.removeUnused(folder, UNUSED);
                long left = folder.toFile().getUsableSpace();
                if (most > left / SHARE) {
                    say.accept("no picture cache: it may take %s, and %s are left for %s (name a folder with --cache)"
                            .formatted(size(most), size(left), folder));
                    return PictureSource.files(files);
                }
            }
            cache = PictureCache.open(folder, files, reduction, PictureCache.RESERVE);
            return PictureSource.files(files, cache);
        } catch (DataException | IOException e) {
            say.accept("no picture cache: " + e.getMessage());
            return PictureSource.files(files);
        }
    }

    /** The folder where a user's caches are expected. */
    static Path usual(Map<String, String> environment) {
        String named = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path caches = named.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(named);
        return caches.toAbsolutePath().resolve("panacea").resolve("pictures");
    }

    private static void refuseInside(Path folder, List<String> data) {
        for (String name : data) {
            if (real(folder).startsWith(real(Path.of(name)))) {
                throw new ConfigException("--cache: " + folder + " lies among the pictures of " + name
                        + " (name a folder outside)");
            }
        }
    }

    /** Without links, as far as the path exists. */
    private static Path real(Path path) {
        Path whole = path.toAbsolutePath().normalize();
        try {
            return whole.toRealPath();
        } catch (IOException missing) {
            return whole.getParent() == null ? whole : real(whole.getParent()).resolve(whole.getFileName());
        }
    }

    private static String size(long bytes) {
        return bytes < 1 << 30 ? String.format(Locale.ROOT, "%.1f MiB", bytes / 0x1p20)
                : String.format(Locale.ROOT, "%.1f GiB", bytes / 0x1p30);
    }

    /** Where the cache is, and what it may take; empty where there is none. */
    public Optional<String> begin() {
        return cache == null ? Optional.empty() : Optional.of("picture cache: at most " + size(cache.mostBytes())
                + ", " + cache.store());
    }

    /** What went wrong with the cache; told once. */
    public Optional<String> trouble() {
        Optional<String> trouble = cache == null || told ? Optional.empty() : cache.trouble();
        told |= trouble.isPresent();
        return trouble;
    }

    /** How many pictures were served; empty where there is no cache. */
    public Optional<String> use() {
        return cache == null ? Optional.empty() : Optional.of("pictures: %d from the cache, %d decoded".formatted(
                cache.served(), cache.decoded()));
    }
}
