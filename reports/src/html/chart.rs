//! The counts of one object in both engines, step by step, as a drawing.

use plotters::prelude::*;
use refdrift_record::LifeStep;
use refdrift_trace::{Count, IMMORTAL};

/// The size of the drawing in its own units; a page scales it.
const SIZE: (u32, u32) = (760, 230);
// The page's style gives the drawing the colours of its theme by these (`style.css`); as they are they suit a light page.
const REFERENCE: RGBColor = RGBColor(0x1F, 0x5F, 0xBF);
const SUBJECT: RGBColor = RGBColor(0xC2, 0x5E, 0x0A);
const GRID: RGBColor = RGBColor(0xE4, 0xE7, 0xEB);
const AXIS: RGBColor = RGBColor(0x6B, 0x72, 0x80);
const PARTS: RGBColor = RGBColor(0xB4, 0x23, 0x18);

/// The step chart as SVG; none where there are no counts to draw.
pub(super) fn chart(life: &[LifeStep]) -> Option<String> {
    let counts = |side: fn(&LifeStep) -> Option<Count>| stairs(life, side);
    let (reference, subject) = (counts(|step| step.reference), counts(|step| step.subject));
    let all = || reference.iter().chain(&subject);
    let (first, last) = (life.first()?.step as f64, life.last()?.step as f64 + 1.0);
    let highest = all().map(|(_, count)| *count).reduce(f64::max)?;
    let lowest = all().map(|(_, count)| *count).fold(0.0, f64::min);
    let parts = life.iter().find(|step| step.parts).map(|step| step.step as f64);
    let mut svg = String::new();
    // A drawing into a string fails for nothing but a bug: then there is no drawing.
    draw(&mut svg, (first, last), (lowest, highest), &reference, &subject, parts).ok()?;
    // The drawing is named by the text around it, and scales with the page.
    Some(svg.replacen("<svg ", "<svg class=\"chart\" role=\"img\" aria-labelledby=\"chart-title\" ", 1))
}

/// The corners of the stairs: a count holds until the next step that is known. Before its first count an object has no line; from
/// its last on it is at nothing.
fn stairs(life: &[LifeStep], side: fn(&LifeStep) -> Option<Count>) -> Vec<(f64, f64)> {
    let mut corners: Vec<(f64, f64)> = Vec::new();
    for (index, step) in life.iter().enumerate() {
        let count = match side(step) {
            Some(IMMORTAL) => return Vec::new(),
            Some(count) => f64::from(count),
            None if corners.is_empty() => continue,
            None => 0.0,
        };
        let until = life.get(index + 1).map_or(step.step + 1, |next| next.step);
        corners.extend([(step.step as f64, count), (until as f64, count)]);
    }
    corners
}

type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;

fn draw(
    svg: &mut String,
    (first, last): (f64, f64),
    (lowest, highest): (f64, f64),
    reference: &[(f64, f64)],
    subject: &[(f64, f64)],
    parts: Option<f64>,
) -> Drawn {
    let area = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    let mut chart = ChartBuilder::on(&area)
        .margin(10)
        .x_label_area_size(24)
        .y_label_area_size(34)
        .build_cartesian_2d(first..last, lowest - 0.15..highest + 0.6)?;
    let text = ("sans-serif", 12, &AXIS).into_text_style(&area);
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(GRID)
        .axis_style(GRID)
        .label_style(text)
        .x_labels(8)
        .y_labels((highest - lowest).clamp(1.0, 6.0) as usize + 1)
        .x_label_formatter(&|step| format!("{step:.0}"))
        .y_label_formatter(&|count| format!("{count:.0}"))
        .draw()?;
    if let Some(step) = parts {
        let line = [(step, lowest - 0.15), (step, highest + 0.6)];
        chart.draw_series(DashedLineSeries::new(line, 4, 4, PARTS.stroke_width(1)))?;
    }
    // The VM's line is wide and lies below, so that both are seen where they are one.
    chart.draw_series(LineSeries::new(subject.iter().copied(), SUBJECT.stroke_width(6)))?;
    chart.draw_series(LineSeries::new(reference.iter().copied(), REFERENCE.stroke_width(2)))?;
    area.present()
}
