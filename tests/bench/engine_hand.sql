-- The same cells by one DuckDB query written by hand: each record file is read once, each record table grouped once.
-- It knows what the records look like (prefixes of codes, calendar years in a row), which a compiled plan cannot.
WITH pieces AS (
  SELECT person_id, greatest(start_date, coalesce(reached, start_date)) AS start_date, end_date
  FROM (SELECT person_id, start_date, end_date,
          max(end_date) OVER (PARTITION BY person_id ORDER BY start_date, end_date
                              ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
        FROM coverage)
  WHERE end_date > coalesce(reached, start_date)),
years AS (
  SELECT y, make_date(y, 1, 1) AS first, make_date(y, 7, 1) AS middle, make_date(y + 1, 1, 1) AS after
  FROM range(2020, 2025) AS t(y)),
people AS (
  SELECT p.person_id, y.y, any_value(p.municipality) AS area, any_value(p.sex) AS sex,
    any_value(date_sub('year', p.birth_date, y.middle)) AS age,
    sum(greatest(0, least(c.end_date, y.after, coalesce(p.death_date, y.after)) - greatest(c.start_date, y.first, p.birth_date))) AS days
  FROM person p, years y, pieces c
  WHERE c.person_id = p.person_id AND c.start_date < y.after AND c.end_date > y.first
    AND p.municipality <> 'XG-99' AND p.birth_date <= y.middle AND (p.death_date IS NULL OR p.death_date > y.middle)
  GROUP BY p.person_id, y.y HAVING bool_or(c.start_date <= y.middle AND c.end_date > y.middle)),
conditions AS (
  SELECT person_id,
    min(CASE WHEN code = 'T90' THEN start_date END) AS t90, min(CASE WHEN code = 'K86' THEN start_date END) AS k86,
    min(CASE WHEN code = 'R96' THEN start_date END) AS r96, min(CASE WHEN code = 'P76' THEN start_date END) AS p76,
    min(CASE WHEN code = 'K78' THEN start_date END) AS k78, min(CASE WHEN code = 'K74' THEN start_date END) AS k74,
    min(CASE WHEN code = 'L88' THEN start_date END) AS l88,
    bit_or(CASE WHEN code = 'R80' THEN 1 << (year(start_date) - 2020) END) AS r80
  FROM condition WHERE code IN ('T90', 'K86', 'R96', 'P76', 'K78', 'K74', 'L88', 'R80') GROUP BY person_id),
observed AS (
  SELECT person_id, greatest(start_date, birth_date) AS start_date,
    CASE WHEN end_date >= death_date THEN death_date + 1 ELSE end_date END AS end_date
  FROM pieces JOIN person USING (person_id)
  WHERE end_date > birth_date AND (death_date IS NULL OR start_date <= death_date)),
away AS (
  SELECT person_id, coalesce(lag(end_date) OVER (PARTITION BY person_id ORDER BY start_date), DATE '2020-01-01') AS gone,
    start_date AS back
  FROM observed
  UNION ALL SELECT person_id, max(end_date), DATE '2025-01-01' FROM observed GROUP BY person_id),
gaps AS (SELECT * FROM away WHERE back > gone AND back > DATE '2020-01-01' AND gone < DATE '2025-01-01'),
encounters AS (
  SELECT e.person_id, year(start_date) AS y,
    count(CASE WHEN (encounter_type = 'gp' OR encounter_type = 'gp_phone') AND gone IS NULL THEN 1 END) AS consultations,
    max(CASE WHEN encounter_type IN ('gp', 'gp_phone', 'gp_home') THEN 1 END) AS seen,
    count(CASE WHEN encounter_type = 'gp_home' AND gone IS NULL THEN 1 END) AS home_visits,
    count(CASE WHEN encounter_type = 'ed' AND gone IS NULL THEN 1 END) AS emergency,
    count(CASE WHEN encounter_type = 'admission' AND urgency = 'acute' AND gone IS NULL THEN 1 END) AS acute,
    max(CASE WHEN encounter_type = 'home_help' THEN 1 END) AS home_help,
    max(CASE WHEN encounter_type = 'youth_care' THEN 1 END) AS youth_care
  FROM encounter e LEFT JOIN gaps g ON g.person_id = e.person_id AND gone <= start_date AND back > start_date
  GROUP BY e.person_id, y),
measurements AS (
  SELECT person_id, year(measured_on) AS y,
    max(CASE WHEN code = 'HBA1C' THEN 1 END) AS hba1c, max(CASE WHEN code = 'SBP' THEN 1 END) AS sbp,
    count(CASE WHEN code = 'PREM' AND value >= 0 AND value < 11 THEN 1 END) AS prems,
    sum(CASE WHEN code = 'PREM' AND value >= 0 AND value < 11 THEN round(value * 10, 0)::BIGINT END) AS prem,
    max(CASE WHEN code = 'SRH' AND value >= 1 AND value < 6 THEN 1 END) AS answered,
    max(CASE WHEN code = 'SRH' AND value >= 1 AND value < 3 THEN 1 END) AS good
  FROM measurement GROUP BY person_id, y),
treatments AS (
  SELECT t.person_id, year(start_date) AS y,
    max(CASE WHEN starts_with(code, 'C10') THEN 1 END) AS c10, max(CASE WHEN starts_with(code, 'N06') THEN 1 END) AS n06,
    max(CASE WHEN starts_with(code, 'N02') THEN 1 END) AS n02, max(CASE WHEN starts_with(code, 'J07') THEN 1 END) AS j07,
    count(CASE WHEN starts_with(code, 'J01') AND gone IS NULL THEN 1 END) AS j01
  FROM treatment t LEFT JOIN gaps g ON g.person_id = t.person_id AND gone <= start_date AND back > start_date
  GROUP BY t.person_id, y),
costs AS (
  SELECT person_id, year(start_date) AS y,
    sum(CASE WHEN category = 'hospital' OR category = 'medicines' THEN amount_cents END) AS hospital,
    sum(CASE WHEN category = 'wmo' OR category = 'youth' THEN amount_cents END) AS social
  FROM cost GROUP BY person_id, y)
SELECT y AS year, area, sex,
  CASE WHEN age >= 75 THEN 75 WHEN age >= 65 THEN 65 WHEN age >= 60 THEN 60 WHEN age >= 45 THEN 45
       WHEN age >= 18 THEN 18 ELSE 0 END AS age,
  count(*) AS persons, sum(days) AS days,
  count(CASE WHEN t90 <= make_date(y, 7, 1) THEN 1 END) AS diabetes,
  count(CASE WHEN k86 <= make_date(y, 7, 1) THEN 1 END) AS hypertension,
  count(CASE WHEN r96 <= make_date(y, 7, 1) THEN 1 END) AS asthma,
  count(CASE WHEN p76 <= make_date(y, 7, 1) THEN 1 END) AS depression,
  count(CASE WHEN k78 <= make_date(y, 7, 1) THEN 1 END) AS atrial,
  count(CASE WHEN k74 <= make_date(y, 7, 1) THEN 1 END) AS angina,
  count(CASE WHEN l88 <= make_date(y, 7, 1) THEN 1 END) AS arthritis,
  count(CASE WHEN r80 & (1 << (y - 2020)) <> 0 THEN 1 END) AS influenza,
  sum(consultations) AS consultations, count(CASE WHEN consultations > 0 THEN 1 END) AS consultations_persons,
  sum(home_visits) AS home_visits, count(CASE WHEN home_visits > 0 THEN 1 END) AS home_visits_persons,
  count(seen) AS seen,
  count(CASE WHEN t90 <= make_date(y, 7, 1) THEN hba1c END) AS hba1c,
  count(CASE WHEN k86 <= make_date(y, 7, 1) THEN sbp END) AS pressure,
  sum(prem) AS experience, sum(prems) AS experience_records, count(prem) AS experience_persons,
  count(answered) AS answered, count(good) AS good_health,
  count(c10) AS statins, count(n06) AS antidepressants, count(n02) AS opioids, count(j07) AS vaccinated,
  sum(j01) AS antibiotics, count(CASE WHEN j01 > 0 THEN 1 END) AS antibiotics_persons,
  sum(emergency) AS emergency, count(CASE WHEN emergency > 0 THEN 1 END) AS emergency_persons,
  sum(acute) AS acute, count(CASE WHEN acute > 0 THEN 1 END) AS acute_persons,
  sum(hospital) AS hospital, count(hospital) AS hospital_persons, max(hospital, 2) AS hospital_largest,
  count(home_help) AS home_help, count(youth_care) AS youth_care,
  sum(social) AS social, count(social) AS social_persons, max(social, 2) AS social_largest
FROM people
LEFT JOIN conditions USING (person_id)
LEFT JOIN encounters USING (person_id, y)
LEFT JOIN measurements USING (person_id, y)
LEFT JOIN treatments USING (person_id, y)
LEFT JOIN costs USING (person_id, y)
GROUP BY ALL
