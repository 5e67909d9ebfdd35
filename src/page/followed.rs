//! What `--follow-answers` searched again, and from which answers.

use std::io;

use super::escape::Html;
use super::row::cut_name;
use super::scanned::shown_time;
use crate::follow::FollowUp;
use crate::words::grouped;

/// As a sentence.
pub(super) fn sentence(followed: &FollowUp) -> String {
    let text = followed.sentence();
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    format!("{}{}.", first.map(String::from).unwrap_or_default(), letters.as_str())
}

/// The search, what went wrong in it, and the addresses.
pub(super) fn write(html: &mut Html<'_>, followed: &FollowUp) -> io::Result<()> {
    html.raw("<h3 id=\"followed\">Followed DNS answers</h3>\n")?;
    html.within("<p>", sentence(followed), "")?;
    html.raw(
        " The inputs were searched once more for the addresses that DNS answers gave for listed \
         names and that nobody published. Such a hit is of class <code>derived</code>: weigh it \
         by its distance in time from the answer.</p>\n",
    )?;
    for problem in &followed.problems {
        html.within("<p class=\"problem data\">", cut_name(&problem.path), ": ")?;
        html.within("", cut_name(&problem.message), "</p>\n")?;
    }
    if followed.derived.is_empty() {
        return Ok(());
    }
    let named = followed.derived.len() as u64;
    if named < followed.addresses {
        let first = format!("{} of {}", grouped(named), grouped(followed.addresses));
        html.within("<p class=\"note\">The first ", first, ".</p>\n")?;
    }
    html.raw(
        "<div class=\"scroll\"><table class=\"sorted bounded\" id=\"followed-table\"><thead><tr>\
         <th scope=\"col\" data-sort=\"text\">Address</th>\
         <th scope=\"col\" data-sort=\"text\">Given for</th>\
         <th scope=\"col\" data-sort=\"text\">First answer</th>\
         <th scope=\"col\" data-sort=\"text\">From (UTC)</th>\
         <th scope=\"col\" data-sort=\"text\">To (UTC)</th></tr></thead><tbody>\n",
    )?;
    for derived in &followed.derived {
        html.within("<tr><th scope=\"row\" class=\"data\">", cut_name(&derived.address), "</th>")?;
        html.within("<td class=\"data\">", cut_name(&derived.names.join(", ")), "</td>")?;
        html.within("<td class=\"data\">", cut_name(&derived.answer), "</td>")?;
        for time in [derived.first, derived.last] {
            let time = time.map(|time| shown_time(&time.to_string())).unwrap_or_default();
            html.within("<td>", time, "</td>")?;
        }
        html.raw("</tr>\n")?;
    }
    html.raw("</tbody></table></div>\n")
}
