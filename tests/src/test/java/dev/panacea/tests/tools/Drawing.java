package dev.panacea.tests.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.geom.Rectangle2D;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The boxes of a graph in SVG, and the points of its arrows: [x of the begin, y, x of the end, y]. */
record Drawing(List<Rectangle2D> boxes, List<double[]> arrows) {
    static Drawing of(Path svg) throws Exception {
        Element root = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(svg.toFile())
                .getDocumentElement();
        Element group = (Element) root.getElementsByTagName("g").item(0);
        List<Rectangle2D> boxes = elements(group, "rect").stream().map(rect -> (Rectangle2D) new Rectangle2D.Double(
                number(rect, "x"), number(rect, "y"), number(rect, "width"), number(rect, "height"))).toList();
        List<double[]> arrows = new ArrayList<>();
        for (Element path : elements(group, "path")) {
            double[] points = Arrays.stream(path.getAttribute("d").substring(1).split("[ C]"))
                    .mapToDouble(Double::parseDouble).toArray();
            arrows.add(new double[] {points[0], points[1], points[points.length - 2], points[points.length - 1]});
        }
        return new Drawing(boxes, arrows);
    }

    private static List<Element> elements(Element in, String name) {
        NodeList found = in.getElementsByTagName(name);
        return IntStream.range(0, found.getLength()).mapToObj(k -> (Element) found.item(k)).toList();
    }

    private static double number(Element element, String name) {
        return Double.parseDouble(element.getAttribute(name));
    }

    /** No box lies on another, and each arrow leads down from the lower edge of one to the upper edge of another. */
    void check(int boxCount, int arrowCount) {
        assertThat(boxes).hasSize(boxCount);
        assertThat(arrows).hasSize(arrowCount);
        for (int i = 0; i < boxes.size(); i++) {
            for (int j = 0; j < i; j++) {
                assertThat(boxes.get(i).intersects(boxes.get(j))).as("%s on %s", boxes.get(i), boxes.get(j)).isFalse();
            }
        }
        for (double[] arrow : arrows) {
            assertThat(arrow[3]).isGreaterThan(arrow[1]);
            assertThat(boxes).anyMatch(box -> Math.abs(box.getCenterX() - arrow[0]) < 0.2
                    && Math.abs(box.getMaxY() - arrow[1]) < 0.2);
            assertThat(boxes).anyMatch(box -> Math.abs(box.getCenterX() - arrow[2]) < 0.2
                    && Math.abs(box.getMinY() - arrow[3]) < 0.2);
        }
    }
}
