package dev.panacea.tools.study;

import dev.panacea.ace.study.Plot;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.knowm.xchart.BoxChart;
import org.knowm.xchart.BoxChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Plots as pictures, drawn twice as fine as they are shown. */
final class Charts {
    private static final int WIDTH = 760;
    private static final int HEIGHT = 440;
    private static final int FINER = 2;
    private static final double MOST_TIMES = 15; // of the lowest peak, for heights that are shown as they are
    private static final double LOWER = 100; // times below the lowest peak, a logarithmic axis ends
    private static final Color GRID = new Color(225, 225, 225);

    /** Told apart by the colour-blind too (Okabe and Ito), and each with every marker. */
    private static final List<Color> COLOURS = List.of(new Color(0, 114, 178), new Color(213, 94, 0),
            new Color(0, 158, 115), new Color(204, 121, 167), new Color(230, 159, 0), new Color(86, 180, 233),
            new Color(60, 60, 60), new Color(160, 110, 40));
    private static final List<Marker> MARKERS = List.of(SeriesMarkers.CIRCLE, SeriesMarkers.DIAMOND,
            SeriesMarkers.TRIANGLE_UP, SeriesMarkers.SQUARE, SeriesMarkers.CROSS);

    private Charts() {}

    static BufferedImage draw(Plot plot) {
        return switch (plot) {
            case Plot.Lines lines -> lines(lines);
            case Plot.Scatter scatter -> scatter(scatter);
            case Plot.Boxes boxes -> boxes(boxes);
            case Plot.Drawn drawn -> drawn.image();
        };
    }

    /** Where one line is so much higher than another that the other would lie on the axis, heights are logarithmic. */
    private static BufferedImage lines(Plot.Lines plot) {
        double[] peaks = plot.lines().stream().mapToDouble(line -> Arrays.stream(line.y()).max().orElse(0)).sorted()
                .toArray();
        boolean logarithmic = peaks.length > 0 && peaks[0] > 0 && peaks[peaks.length - 1] > MOST_TIMES * peaks[0];
        XYChart chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).title(plot.title()).xAxisTitle(plot.x())
                .yAxisTitle(logarithmic ? plot.y() + " (logarithmic)" : plot.y()).build();
        style(chart.getStyler());
        chart.getStyler().setYAxisLogarithmic(logarithmic);
        for (int i = 0; i < plot.lines().size(); i++) {
            Plot.Series line = logarithmic ? above(plot.lines().get(i), peaks[0] / LOWER) : plot.lines().get(i);
            XYSeries series = chart.addSeries(line.name(), line.x(), line.y());
            series.setMarker(SeriesMarkers.NONE);
            series.setLineColor(COLOURS.get(i % COLOURS.size()));
            boolean dashed = i / COLOURS.size() % 2 == 1;
            series.setLineStyle(new BasicStroke(2, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1,
                    dashed ? new float[] {7, 4} : null, 0));
        }
        return painted(chart, HEIGHT);
    }

    /** A line without its points that are lower. */
    private static Plot.Series above(Plot.Series line, double least) {
        int[] kept = IntStream.range(0, line.y().length).filter(i -> line.y()[i] >= least).toArray();
        return new Plot.Series(line.name(), Arrays.stream(kept).mapToDouble(i -> line.x()[i]).toArray(),
                Arrays.stream(kept).mapToDouble(i -> line.y()[i]).toArray());
    }

    private static BufferedImage scatter(Plot.Scatter plot) {
        int height = Math.max(HEIGHT + 80, 90 + 22 * plot.groups().size()); // the legend fits beside
        XYChart chart = new XYChartBuilder().width(WIDTH).height(height).title(plot.title()).xAxisTitle(plot.x())
                .yAxisTitle(plot.y()).build();
        style(chart.getStyler());
        chart.getStyler().setDefaultSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
        chart.getStyler().setMarkerSize(6);
        for (int i = 0; i < plot.groups().size(); i++) {
            Plot.Series group = plot.groups().get(i);
            XYSeries series = chart.addSeries(group.name(), group.x(), group.y());
            series.setMarker(MARKERS.get(i / COLOURS.size() % MARKERS.size()));
            series.setMarkerColor(COLOURS.get(i % COLOURS.size()));
        }
        return painted(chart, height);
    }

    private static BufferedImage boxes(Plot.Boxes plot) {
        BoxChart chart = new BoxChartBuilder().width(WIDTH).height(HEIGHT + 80).title(plot.title()).xAxisTitle("")
                .yAxisTitle(plot.y()).build();
        style(chart.getStyler());
        chart.getStyler().setLegendVisible(false);
        chart.getStyler().setXAxisLabelRotation(45);
        chart.getStyler().setXAxisTickMarkSpacingHint(10); // every box has its label
        chart.getStyler().setBoxWidthFraction(0.5);
        for (int i = 0; i < plot.names().size(); i++) {
            chart.addSeries(plot.names().get(i), plot.values().get(i));
        }
        return painted(chart, HEIGHT + 80);
    }

    private static void style(AxesChartStyler style) {
        Font plain = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
        style.setLocale(Locale.ROOT);
        style.setChartBackgroundColor(Color.WHITE);
        style.setPlotBackgroundColor(Color.WHITE);
        style.setPlotBorderColor(Color.GRAY);
        style.setPlotGridLinesColor(GRID);
        style.setChartTitleBoxVisible(false);
        style.setChartTitleFont(plain.deriveFont(Font.BOLD, 15));
        style.setAxisTitleFont(plain);
        style.setAxisTickLabelsFont(plain.deriveFont(12f));
        style.setLegendFont(plain.deriveFont(12f));
        style.setLegendBorderColor(Color.WHITE);
        style.setLegendPosition(Styler.LegendPosition.OutsideE);
    }

    private static BufferedImage painted(Chart<?, ?> chart, int height) {
        BufferedImage image = new BufferedImage(FINER * WIDTH, FINER * height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.scale(FINER, FINER);
        chart.paint(graphics, WIDTH, height);
        graphics.dispose();
        return image;
    }
}
