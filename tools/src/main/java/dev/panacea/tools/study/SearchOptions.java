package dev.panacea.tools.study;

import dev.panacea.ace.landmark.Correspondence;
import dev.panacea.ace.landmark.FundusCorrespondence;
import dev.panacea.ace.landmark.SlidingWindow;
import dev.panacea.ace.landmark.TokenSearch;
import dev.panacea.ace.study.Study;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Option;

/** How studies look for places. */
final class SearchOptions {
    @Option(names = "--window-stride", defaultValue = "64", paramLabel = "PX",
            description = "Correspondence: pixels from a window to the next, of a picture of 1024 a side; the paper's 8"
                    + " are 16384 passes a picture (default: ${DEFAULT-VALUE}).")
    private double stride;

    @Option(names = "--window-reach", defaultValue = "Infinity", paramLabel = "PX",
            description = "Windows no further from a query's own place, along each axis (default: everywhere).")
    private double reach;

    @Option(names = "--window-pictures", defaultValue = "1", paramLabel = "N",
            description = "How many pictures are searched by windows; all are by tokens (default: ${DEFAULT-VALUE}).")
    private int windowPictures;

    @Option(names = "--templates", defaultValue = "4", paramLabel = "N",
            description = "Pictures whose landmarks are looked for in the others (default: ${DEFAULT-VALUE}).")
    private int templates;

    @Option(names = "--shifts", defaultValue = "1", paramLabel = "N",
            description = "Correspondence and fundus: N × N passes shifted by parts of a token (default:"
                    + " ${DEFAULT-VALUE}).")
    private int shifts;

    @Option(names = "--context", defaultValue = "3", paramLabel = "N",
            description = "Correspondence and fundus: tokens are means of N × N, N odd (default: ${DEFAULT-VALUE}).")
    private int context;

    /** The studies that have these options. */
    List<Study> studies(PrintWriter err) {
        TokenSearch tokens = new TokenSearch(shifts, context);
        return List.of(new Correspondence(new Correspondence.Options(tokens, new SlidingWindow(stride, reach),
                windowPictures, templates), err::println), new FundusCorrespondence(tokens));
    }
}
